/// What a head costs.
@NullMarked
package io.portcullis.perf.micro.message;

import org.jspecify.annotations.NullMarked;
