@NullMarked
package io.portcullis.proxy.tls;

import org.jspecify.annotations.NullMarked;
