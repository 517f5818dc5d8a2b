/// Open-loop load: requests start when they are due, whatever became of the ones before.
@NullMarked
package io.portcullis.perf.load;

import org.jspecify.annotations.NullMarked;
