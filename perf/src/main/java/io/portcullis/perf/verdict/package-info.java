/// Is it worse than before? Two results of load, compared with confidence intervals.
@NullMarked
package io.portcullis.perf.verdict;

import org.jspecify.annotations.NullMarked;
