@NullMarked
package io.portcullis.proxy.explain;

import org.jspecify.annotations.NullMarked;
