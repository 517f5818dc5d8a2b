@NullMarked
package io.portcullis.farm.model;

import org.jspecify.annotations.NullMarked;
