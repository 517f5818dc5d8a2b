/// HTTP/2 towards clients (RFC 9113), where rules offer it: each stream is one request of the same engine that serves HTTP/1.1.
@NullMarked
package io.portcullis.proxy.h2;

import org.jspecify.annotations.NullMarked;
