@NullMarked
package io.portcullis.farm.server;

import org.jspecify.annotations.NullMarked;
