/// Microbenchmarks (JMH) of the request path, in packages that mirror their subjects', and the comparison of two runs.
@NullMarked
package io.portcullis.perf.micro;

import org.jspecify.annotations.NullMarked;
