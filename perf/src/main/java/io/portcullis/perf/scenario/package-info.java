/// Load on a farm of real processes while something happens to it, and whether its users would have noticed.
@NullMarked
package io.portcullis.perf.scenario;

import org.jspecify.annotations.NullMarked;
