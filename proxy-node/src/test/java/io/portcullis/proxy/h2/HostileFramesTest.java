package io.portcullis.proxy.h2;

import static io.portcullis.proxy.h2.Http2Client.frameBytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.Warnings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Conversations that begin well and then go wrong at random, each from a seed: nothing is logged as a warning, nothing leaks, and the node
/// serves on.
class HostileFramesTest {

  private static final int ROUNDS = 120;
  private static final int MOST_CHANGES = 6;

  private static byte[] conversation(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> post = new ArrayList<>(Http2Farm.get("/post"));
    post.set(0, ":method: POST");
    int stream = 1;
    for (int i = 0; i < 8; i++, stream += 2) {
      switch (random.nextInt(6)) {
        case 0 -> out.writeBytes(frameBytes(1, 5, stream, Http2Client.block(Http2Farm.get("/"))));
        case 1 -> {
          out.writeBytes(frameBytes(1, 4, stream, Http2Client.block(post)));
          out.writeBytes(frameBytes(0, 0, stream, "some data".getBytes(ISO_8859_1)));
          out.writeBytes(frameBytes(0, 1, stream, new byte[random.nextInt(9000)]));
        }
        case 2 -> {
          byte[] block = Http2Client.block(Http2Farm.get("/split"));
          int cut = random.nextInt(block.length);
          out.writeBytes(frameBytes(1, 1, stream, java.util.Arrays.copyOf(block, cut)));
          out.writeBytes(
              frameBytes(9, 4, stream, java.util.Arrays.copyOfRange(block, cut, block.length)));
        }
        case 3 -> out.writeBytes(frameBytes(6, 0, 0, new byte[8]));
        case 4 -> out.writeBytes(frameBytes(4, 0, 0, new byte[] {0, 4, 0, 0, 0, 9}));
        default -> {
          out.writeBytes(frameBytes(1, 4, stream, Http2Client.block(post)));
          out.writeBytes(frameBytes(3, 0, stream, new byte[] {0, 0, 0, 8}));
        }
      }
    }
    return out.toByteArray();
  }

  private static byte[] spoilt(byte[] bytes, Random random) {
    byte[] spoilt = bytes.clone();
    for (int i = random.nextInt(MOST_CHANGES); i > 0; i--) {
      spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
    }
    return random.nextInt(4) == 0
        ? java.util.Arrays.copyOf(spoilt, random.nextInt(spoilt.length))
        : spoilt;
  }

  private static void run(Http2Farm farm, long seed) throws IOException {
    Random random = new Random(seed);
    byte[] bytes = spoilt(conversation(random), random);
    try (Http2Client client = farm.client()) {
      for (int at = 0; at < bytes.length; ) {
        int piece = Math.min(bytes.length - at, 1 + random.nextInt(3000));
        client.raw(java.util.Arrays.copyOfRange(bytes, at, at + piece));
        at += piece;
      }
      if (random.nextBoolean()) {
        client.next();
      }
    }
  }

  @Test
  void spoiltConversationsCostOnlyThemselves() throws Exception {
    try (Warnings warnings = new Warnings();
        Http2Farm farm = new Http2Farm(Http2Farm::hello)) {
      for (long seed = 0; seed < ROUNDS; seed++) {
        run(farm, seed);
      }
      try (Http2Client client = farm.client()) {
        client.request(1, true, Http2Farm.get("/"));
        assertThat(client.outcome(1)).isEqualTo("200 hello");
      }
      assertThat(warnings.said()).isEmpty();
    }
  }
}
