/// Documents out of what other reverse proxies were configured with: text in, text out, and a list of what was left behind.
@NullMarked
package io.portcullis.farm.migrate;

import org.jspecify.annotations.NullMarked;
