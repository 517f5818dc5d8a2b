@NullMarked
package io.portcullis.proxy.listener;

import org.jspecify.annotations.NullMarked;
