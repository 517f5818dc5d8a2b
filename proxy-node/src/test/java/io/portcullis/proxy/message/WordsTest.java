package io.portcullis.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Against the same search byte by byte.
class WordsTest {

  private static int lineFeed(byte[] bytes, int from, int until) {
    int at = from;
    while (at < until && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private static int endOfValue(byte[] bytes, int from) {
    int at = from;
    while (Chars.VALUE[bytes[at] & 0xff]) {
      at++;
    }
    return at;
  }

  @Test
  void everyByteAtEveryPlaceBesideEveryOther() {
    for (int one = 0; one < 256; one++) {
      for (int next = 0; next < 256; next++) {
        for (int place = 0; place < 9; place++) {
          byte[] bytes = new byte[19];
          java.util.Arrays.fill(bytes, (byte) 'a');
          bytes[place] = (byte) one;
          bytes[place + 1] = (byte) next;
          bytes[18] = '\n';
          assertThat(Words.endOfValue(bytes, 0)).isEqualTo(endOfValue(bytes, 0));
          assertThat(Words.lineFeed(bytes, 0, 18)).isEqualTo(lineFeed(bytes, 0, 18));
        }
      }
    }
  }

  @Test
  void anyBytesFromAnyPlaceToAnyOther() {
    Random random = new Random(7);
    byte[] alphabet = {
      'a', ' ', '\t', '\r', '\n', 0, 0x1f, 0x7f, (byte) 0x80, (byte) 0xff, 0x0b, '!'
    };
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(40)];
      boolean mostlyText = random.nextBoolean();
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            mostlyText && random.nextInt(12) > 0
                ? (byte) 'x'
                : alphabet[random.nextInt(alphabet.length)];
      }
      bytes[bytes.length - 1] = '\n';
      int from = random.nextInt(bytes.length);
      int until = from + random.nextInt(bytes.length - from + 1);
      assertThat(Words.lineFeed(bytes, from, until)).isEqualTo(lineFeed(bytes, from, until));
      assertThat(Words.endOfValue(bytes, from)).isEqualTo(endOfValue(bytes, from));
    }
  }
}
