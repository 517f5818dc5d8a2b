@NullMarked
package io.portcullis.farm.codec;

import org.jspecify.annotations.NullMarked;
