package io.portcullis.proxy.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Mutations of the conformance cases. Whatever comes, a parser understands, refuses or waits, nothing else is thrown, and the pieces in
/// which it comes do not matter. The seed is printed with each failure; `-Dfuzz.seed=N -Dfuzz.rounds=N` repeats or prolongs a run.
class FuzzTest {

  private static final long SEED = Long.getLong("fuzz.seed", 20261121);
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000);
  private static final int LARGEST_SEED_CASE = 2_000;
  private static final String[] WORDS = {
    "\r\n",
    "\r",
    "\n",
    "\0",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "0",
    "\r\n\r\n",
    "chunked",
    "Content-Length: 1\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Host: b\r\n",
    "Connection: close\r\n",
    "HTTP/1.1",
    "\u00ff",
    "%00"
  };

  @Test
  void requestHeads() {
    fuzz("request-heads.txt", Reading::request);
  }

  @Test
  void responseHeads() {
    fuzz("response-heads.txt", Reading::response);
  }

  @Test
  void chunkedBodies() {
    fuzz("chunked-bodies.txt", pieces -> Reading.chunked(pieces, false));
  }

  @Test
  void unwrappedBodies() {
    fuzz("chunked-bodies.txt", pieces -> Reading.chunked(pieces, true));
  }

  private static void fuzz(String file, Function<List<byte[]>, String> read) {
    List<byte[]> seeds =
        Cases.of(file).stream()
            .map(Cases.Case::bytes)
            .filter(bytes -> bytes.length < LARGEST_SEED_CASE)
            .toList();
    for (int round = 0; round < ROUNDS; round++) {
      RandomGenerator random = new SplittableRandom(SEED + round);
      byte[] bytes = seeds.get(random.nextInt(seeds.size()));
      for (int times = 1 + random.nextInt(4); times > 0; times--) {
        bytes = mutate(bytes, seeds, random);
      }
      String whole = read.apply(List.of(bytes));
      assertThat(read.apply(Pieces.random(bytes, random)))
          .as("seed %d, bytes %s", SEED + round, new String(bytes, ISO_8859_1))
          .isEqualTo(whole);
    }
  }

  private static byte[] mutate(byte[] bytes, List<byte[]> seeds, RandomGenerator random) {
    int at = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, at + random.nextInt(8));
    return switch (random.nextInt(6)) {
      case 0 -> splice(bytes, at, to, new byte[0]);
      case 1 -> splice(bytes, at, at, new byte[] {(byte) random.nextInt(256)});
      case 2 -> splice(bytes, at, to, new byte[] {(byte) random.nextInt(256)});
      case 3 -> splice(bytes, at, at, WORDS[random.nextInt(WORDS.length)].getBytes(ISO_8859_1));
      case 4 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
      default -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        yield splice(
            bytes,
            at,
            bytes.length,
            Arrays.copyOfRange(other, random.nextInt(other.length), other.length));
      }
    };
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] insert) {
    byte[] out = new byte[from + insert.length + bytes.length - to];
    System.arraycopy(bytes, 0, out, 0, from);
    System.arraycopy(insert, 0, out, from, insert.length);
    System.arraycopy(bytes, to, out, from + insert.length, bytes.length - to);
    return out;
  }
}
