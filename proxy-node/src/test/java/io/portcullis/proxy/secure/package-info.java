@NullMarked
package io.portcullis.proxy.secure;

import org.jspecify.annotations.NullMarked;
