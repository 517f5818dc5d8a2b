/// Calls over HTTP that end: the only users of Java's HTTP client (`ImportTableTest`).
@NullMarked
package io.portcullis.farm.call;

import org.jspecify.annotations.NullMarked;
