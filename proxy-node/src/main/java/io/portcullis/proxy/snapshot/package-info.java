@NullMarked
package io.portcullis.proxy.snapshot;

import org.jspecify.annotations.NullMarked;
