@NullMarked
package io.portcullis.proxy.rule;

import org.jspecify.annotations.NullMarked;
