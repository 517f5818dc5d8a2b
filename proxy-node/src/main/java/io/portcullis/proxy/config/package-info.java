@NullMarked
package io.portcullis.proxy.config;

import org.jspecify.annotations.NullMarked;
