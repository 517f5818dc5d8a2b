package io.portcullis.proxy;

import java.lang.reflect.Proxy;

/// What the operator's shell and service manager say to a running node.
///
/// `sun.misc.Signal` by reflection: Java has no other way to hear SIGHUP, and javac warns of its mere name.
final class Signals {

  private Signals() {}

  /// @param name without `SIG`: `TERM`, `HUP`
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "handler of " + name;
                  });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM lets nobody hear SIG" + name, e);
    }
  }
}
