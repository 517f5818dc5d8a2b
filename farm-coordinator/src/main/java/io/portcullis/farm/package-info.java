@NullMarked
package io.portcullis.farm;

import org.jspecify.annotations.NullMarked;
