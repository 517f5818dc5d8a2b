@NullMarked
package io.portcullis.perf.staging;

import org.jspecify.annotations.NullMarked;
