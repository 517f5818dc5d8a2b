@NullMarked
package io.portcullis.proxy.http;

import org.jspecify.annotations.NullMarked;
