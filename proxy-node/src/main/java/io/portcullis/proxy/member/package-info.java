@NullMarked
package io.portcullis.proxy.member;

import org.jspecify.annotations.NullMarked;
