package io.portcullis.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.exchange.Capacity;
import io.portcullis.proxy.http.Patience;
import io.portcullis.proxy.message.HeadRoom;
import io.portcullis.proxy.tls.TlsNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Clients that begin and do not go on, on a listener that offers HTTP/2.
class PatienceOverHttp2Test {

  private static final Patience SHORT = new Patience(Duration.ofSeconds(2), Duration.ofMinutes(1));

  /// A head without its end, and half a frame of one, after a request that was well.
  @Test
  void aHeadThatNeverEndsIsCutOff() throws Exception {
    byte[] head = Http2Client.frames("1 5 3 H");
    for (byte[] begun :
        new byte[][] {
          Http2Client.frames("1 1 3 H"), java.util.Arrays.copyOf(head, head.length - 1)
        }) {
      try (Http2Farm farm =
              new Http2Farm(
                  Http2Farm::hello,
                  new TlsNode(new Capacity(100, () -> 0, 1, HeadRoom.unbounded()), SHORT));
          Http2Client client = farm.client()) {
        client.request(1, true, Http2Farm.get("/"));
        assertThat(client.outcome(1)).isEqualTo("200 hello");
        client.raw(begun);
        assertThat(client.outcome(3)).isEqualTo("closed");
      }
    }
  }

  /// Whoever only connects costs a descriptor, and whoever speaks HTTP/2 costs one however many streams it has.
  @Test
  void connectionsCountFromTheMomentTheyAreAccepted() throws Exception {
    try (Http2Farm farm =
            new Http2Farm(
                Http2Farm::hello,
                new TlsNode(new Capacity(2, () -> 0, 1, HeadRoom.unbounded()), Patience.DEFAULT));
        Http2Client client = farm.client()) {
      client.request(1, true, Http2Farm.get("/"));
      assertThat(client.outcome(1)).isEqualTo("200 hello");
      Eventually.eventually("who says nothing has a place", () -> isRefusedBeside(farm));
      client.request(3, true, Http2Farm.get("/"));
      assertThat(client.outcome(3)).isEqualTo("200 hello");
      Eventually.eventually("its place is free", () -> !isRefused(farm));
    }
  }

  /// Two that connect at one moment may be taken in either order; then it is the silent one that was refused, and another try tells.
  private static boolean isRefusedBeside(Http2Farm farm) {
    InetSocketAddress node = farm.node.address();
    try (Socket _ = new Socket(node.getAddress(), node.getPort())) {
      return isRefused(farm);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isRefused(Http2Farm farm) {
    try (Http2Client more = farm.client()) {
      more.request(1, true, Http2Farm.get("/"));
      return !more.outcome(1).equals("200 hello");
    } catch (IOException _) {
      return true;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
