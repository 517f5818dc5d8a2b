/// Conversations that end, whatever the peer does: calls over HTTP (the only users of Java's HTTP client, `ImportTableTest`), and sockets.
@NullMarked
package io.portcullis.farm.call;

import org.jspecify.annotations.NullMarked;
