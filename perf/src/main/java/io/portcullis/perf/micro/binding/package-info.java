/// What the shared bindings cost a request, and the process that follows their log.
@NullMarked
package io.portcullis.perf.micro.binding;

import org.jspecify.annotations.NullMarked;
