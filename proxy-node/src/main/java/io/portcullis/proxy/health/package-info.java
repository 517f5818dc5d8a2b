@NullMarked
package io.portcullis.proxy.health;

import org.jspecify.annotations.NullMarked;
