@NullMarked
package io.portcullis.perf;

import org.jspecify.annotations.NullMarked;
