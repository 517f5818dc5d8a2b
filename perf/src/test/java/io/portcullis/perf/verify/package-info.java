/// `farmctl verify` against a real node and a staging pool that is well, or broken on purpose.
@org.jspecify.annotations.NullMarked
package io.portcullis.perf.verify;
