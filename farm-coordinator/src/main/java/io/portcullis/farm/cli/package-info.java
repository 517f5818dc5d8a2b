@NullMarked
package io.portcullis.farm.cli;

import org.jspecify.annotations.NullMarked;
