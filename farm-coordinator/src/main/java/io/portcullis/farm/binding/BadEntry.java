package io.portcullis.farm.binding;

/// Bytes from the farm's store that are not what this release writes there.
public final class BadEntry extends Exception {

  BadEntry(String message) {
    super(message);
  }

  BadEntry(String message, Throwable cause) {
    super(message, cause);
  }
}
