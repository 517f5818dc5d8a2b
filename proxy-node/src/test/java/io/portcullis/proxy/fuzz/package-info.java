@NullMarked
package io.portcullis.proxy.fuzz;

import org.jspecify.annotations.NullMarked;
