@NullMarked
package io.portcullis.perf.demo;

import org.jspecify.annotations.NullMarked;
