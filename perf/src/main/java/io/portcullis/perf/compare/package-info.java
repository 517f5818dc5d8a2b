/// A node beside nginx and HAProxy: same work, same machine, same minutes.
@NullMarked
package io.portcullis.perf.compare;

import org.jspecify.annotations.NullMarked;
