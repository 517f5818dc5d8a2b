@NullMarked
package io.portcullis.farm.leader;

import org.jspecify.annotations.NullMarked;
