/// The structure of the code, held by tests.
@NullMarked
package io.portcullis.house;

import org.jspecify.annotations.NullMarked;
