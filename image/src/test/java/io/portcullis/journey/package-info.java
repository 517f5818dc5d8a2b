/// Whole processes, started as users start them, from the jars the appliance ships.
@NullMarked
package io.portcullis.journey;

import org.jspecify.annotations.NullMarked;
