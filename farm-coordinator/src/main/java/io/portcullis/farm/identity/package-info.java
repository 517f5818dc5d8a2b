@NullMarked
package io.portcullis.farm.identity;

import org.jspecify.annotations.NullMarked;
