@NullMarked
package io.portcullis.farm.membership;

import org.jspecify.annotations.NullMarked;
