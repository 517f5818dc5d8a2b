@NullMarked
package io.portcullis.proxy.balance;

import org.jspecify.annotations.NullMarked;
