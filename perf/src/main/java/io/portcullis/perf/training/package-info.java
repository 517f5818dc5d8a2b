/// What the JVM learns from a run of the real thing, kept for its next start (JEP 483, JEP 515).
@NullMarked
package io.portcullis.perf.training;

import org.jspecify.annotations.NullMarked;
