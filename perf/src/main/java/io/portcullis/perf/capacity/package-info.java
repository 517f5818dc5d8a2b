/// How many users a node is good for: what was measured, what was assumed, and what gives out first.
@NullMarked
package io.portcullis.perf.capacity;

import org.jspecify.annotations.NullMarked;
