/// What the farm's shared bindings carry: real coordinators with mutual TLS, and nodes' parts in the log.
@NullMarked
package io.portcullis.perf.bindings;

import org.jspecify.annotations.NullMarked;
