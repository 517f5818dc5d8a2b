package io.portcullis.proxy.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Reads the cases under `conformance/`: name, outcome and bytes, one case a line.
public final class Cases {

  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Case(String name, String outcome, byte[] bytes) {}

  private Cases() {}

  public static List<Case> of(String file) {
    try (InputStream in = Cases.class.getResourceAsStream("/conformance/" + file)) {
      List<Case> cases = new ArrayList<>();
      String text = new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
      for (String line : text.split("\n", -1)) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        int first = line.indexOf(" | ");
        int second = line.indexOf(" | ", first + 3);
        cases.add(
            new Case(
                line.substring(0, first),
                unescape(line.substring(first + 3, second)),
                unescape(line.substring(second + 3)).getBytes(ISO_8859_1)));
      }
      return cases;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char kind = text.charAt(++i);
      switch (kind) {
        case 'r' -> out.append('\r');
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case '0' -> out.append('\0');
        case '\\' -> out.append('\\');
        case 'x' -> {
          out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        case '{' -> {
          int star = text.indexOf('*', i);
          int end = text.indexOf('}', star);
          int times = Integer.parseInt(text.substring(i + 1, star));
          out.append(unescape(text.substring(star + 1, end)).repeat(times));
          i = end;
        }
        default -> throw new IllegalArgumentException("unknown escape in: " + text);
      }
    }
    return out.toString();
  }
}
