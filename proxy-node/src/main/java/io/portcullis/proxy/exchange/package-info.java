@NullMarked
package io.portcullis.proxy.exchange;

import org.jspecify.annotations.NullMarked;
