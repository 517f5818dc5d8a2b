package io.portcullis.proxy.listener;

/// A listener could not be bound; nothing was changed. The message says which, where, why and what to do.
public final class ListenerRefused extends Exception {
  ListenerRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
