/// What a publish costs.
@NullMarked
package io.portcullis.perf.micro.snapshot;

import org.jspecify.annotations.NullMarked;
