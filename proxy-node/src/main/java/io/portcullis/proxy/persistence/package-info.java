@NullMarked
package io.portcullis.proxy.persistence;

import org.jspecify.annotations.NullMarked;
