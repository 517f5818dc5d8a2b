@NullMarked
package io.portcullis.farm.rollout;

import org.jspecify.annotations.NullMarked;
