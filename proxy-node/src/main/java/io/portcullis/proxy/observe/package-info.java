@NullMarked
package io.portcullis.proxy.observe;

import org.jspecify.annotations.NullMarked;
