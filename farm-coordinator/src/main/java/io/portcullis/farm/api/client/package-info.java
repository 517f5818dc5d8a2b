@NullMarked
package io.portcullis.farm.api.client;

import org.jspecify.annotations.NullMarked;
