package io.portcullis.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// What this node is called in its log: this machine's name, until the farm has given it another one.
final class NodeName {

  private volatile String name;

  NodeName() {
    name = ofThisMachine();
  }

  private static String ofThisMachine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "node";
    }
  }

  String now() {
    return name;
  }

  void given(String byTheFarm) {
    name = byTheFarm;
  }
}
