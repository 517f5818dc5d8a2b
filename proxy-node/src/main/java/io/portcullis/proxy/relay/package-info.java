@NullMarked
package io.portcullis.proxy.relay;

import org.jspecify.annotations.NullMarked;
