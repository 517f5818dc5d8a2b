/// What a decision costs.
@NullMarked
package io.portcullis.perf.micro.rule;

import org.jspecify.annotations.NullMarked;
