@NullMarked
package io.portcullis.proxy.message;

import org.jspecify.annotations.NullMarked;
