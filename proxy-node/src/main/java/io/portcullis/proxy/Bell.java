package io.portcullis.proxy;

/// Lets those who see a change tell whoever reports it, without knowing each other.
final class Bell {

  private volatile Runnable listener = () -> {};

  void listener(Runnable next) {
    listener = next;
  }

  void ring() {
    listener.run();
  }
}
