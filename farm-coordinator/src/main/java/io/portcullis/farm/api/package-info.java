@NullMarked
package io.portcullis.farm.api;

import org.jspecify.annotations.NullMarked;
