/// What handing a record to another thread costs.
@NullMarked
package io.portcullis.perf.micro.observe;

import org.jspecify.annotations.NullMarked;
