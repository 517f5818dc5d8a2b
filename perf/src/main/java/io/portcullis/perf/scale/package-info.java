/// What grows with rules, certificates and connections.
@NullMarked
package io.portcullis.perf.scale;

import org.jspecify.annotations.NullMarked;
