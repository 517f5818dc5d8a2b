@NullMarked
package io.portcullis.proxy.upstream;

import org.jspecify.annotations.NullMarked;
