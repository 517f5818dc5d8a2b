/// What a TLS record costs.
@NullMarked
package io.portcullis.perf.micro.tls;

import org.jspecify.annotations.NullMarked;
