@NullMarked
package io.portcullis.farm.api.wire;

import org.jspecify.annotations.NullMarked;
