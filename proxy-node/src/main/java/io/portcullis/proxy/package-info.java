@NullMarked
package io.portcullis.proxy;

import org.jspecify.annotations.NullMarked;
