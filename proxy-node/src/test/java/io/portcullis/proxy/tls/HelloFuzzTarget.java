package io.portcullis.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.portcullis.proxy.snapshot.KeyKind;

/// What the fuzzer calls for the body of a ClientHello: whatever it holds, it is read to a choice, and not consumed.
public final class HelloFuzzTarget {

  private HelloFuzzTarget() {}

  /// The name is the fuzzer's.
  public static void fuzzerTestOneInput(byte[] data) {
    ByteBuf hello = Unpooled.wrappedBuffer(data);
    ClientOffer offer = ClientOffer.read(hello);
    int kinds = 0;
    for (KeyKind kind : KeyKind.values()) {
      kinds += offer.verifies(kind) ? 1 : 0;
    }
    if (hello.readableBytes() != data.length || kinds > KeyKind.values().length) {
      throw new AssertionError("the hello was consumed");
    }
  }
}
