@NullMarked
package io.portcullis.proxy.limit;

import org.jspecify.annotations.NullMarked;
