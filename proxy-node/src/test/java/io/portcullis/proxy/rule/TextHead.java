package io.portcullis.proxy.rule;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.portcullis.proxy.message.RequestHead;

/// A head of just a host and a path, with foreign bytes around both.
final class TextHead implements RequestHead {

  private final byte[] bytes;
  private final int hostStart;
  private final int pathLength;
  private final int hostLength;

  private TextHead(byte[] bytes, int hostStart, int hostLength, int pathLength) {
    this.bytes = bytes;
    this.hostStart = hostStart;
    this.hostLength = hostLength;
    this.pathLength = pathLength;
  }

  static TextHead of(String host, String path) {
    String text = "GET " + path + "?x=/y HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    int hostAt = text.indexOf("Host: ") + "Host: ".length();
    return new TextHead(text.getBytes(ISO_8859_1), hostAt, host.length(), path.length());
  }

  @Override
  public int methodStart() {
    return 0;
  }

  @Override
  public int methodEnd() {
    return 3;
  }

  @Override
  public int targetStart() {
    return 4;
  }

  @Override
  public int targetEnd() {
    return pathEnd() + 5;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int hostStart() {
    return hostStart;
  }

  @Override
  public int hostEnd() {
    return hostStart + hostLength;
  }

  @Override
  public int pathStart() {
    return 4;
  }

  @Override
  public int pathEnd() {
    return 4 + pathLength;
  }
}
