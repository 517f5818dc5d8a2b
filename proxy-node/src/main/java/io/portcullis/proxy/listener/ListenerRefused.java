package io.portcullis.proxy.listener;

import java.io.IOException;

/// A listener could not be bound; nothing was changed. The message says which, where, why and what to do.
public final class ListenerRefused extends IOException {
  ListenerRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
