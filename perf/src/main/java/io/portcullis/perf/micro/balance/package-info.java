/// What a choice costs.
@NullMarked
package io.portcullis.perf.micro.balance;

import org.jspecify.annotations.NullMarked;
