@NullMarked
package io.portcullis.farm.lync;

import org.jspecify.annotations.NullMarked;
