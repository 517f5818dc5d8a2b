@NullMarked
package io.portcullis.farm.store;

import org.jspecify.annotations.NullMarked;
