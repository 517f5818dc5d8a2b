package io.portcullis.proxy.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// A user whose client does what clients do, in an order that chance decides: signs in to one public name or two over one connection,
/// posts bodies on every leg, asks without credentials, pipelines, breaks off in the middle, and begins again.
final class NtlmUser {

  /// Opens a connection to the proxy.
  interface Door {
    Wire open() throws IOException;
  }

  private static final int SITTINGS = 3;
  private static final int DEEDS = 6;

  private final int id;
  private final Random random;
  private final Door door;
  private final List<String> wrong = new ArrayList<>();
  private final Set<String> signedIn = new HashSet<>();
  private int confirmed;

  NtlmUser(int id, Random random, Door door) {
    this.id = id;
    this.random = random;
    this.door = door;
  }

  /// What must never happen and did.
  List<String> wrong() {
    return wrong;
  }

  /// Answers that came under this user's own name.
  int confirmed() {
    return confirmed;
  }

  void run() {
    for (int sitting = 0; sitting < SITTINGS; sitting++) {
      signedIn.clear();
      try (Wire wire = door.open()) {
        for (int deed = random.nextInt(DEEDS) + 1; deed > 0; deed--) {
          deed(wire, random.nextBoolean() ? "a" : "b");
        }
      } catch (IOException _) {
        // A member was killed, or we broke off: the next sitting is a new connection.
      }
    }
  }

  private void deed(Wire wire, String site) throws IOException {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> signIn(wire, site, random.nextBoolean() ? "NTLM" : "Negotiate");
      case 3 -> hear(site, wire.send(get("/", site, "")).read());
      case 4 -> hear(site, wire.send(post("/", site, "")).read());
      case 5 -> {
        wire.send(get("/public", site, "") + get("/public", site, ""));
        hear(site, wire.read());
        hear(site, wire.read());
      }
      case 6 -> {
        String half = random.nextBoolean() ? post("/", site, "") : get("/", site, "");
        wire.send(half.substring(0, 1 + random.nextInt(half.length() - 1)));
        throw new IOException("broken off");
      }
      default -> {
        wire.send(get("/", site, ""));
        throw new IOException("broken off while waiting");
      }
    }
  }

  private void signIn(Wire wire, String site, String scheme) throws IOException {
    signedIn.remove(site);
    Wire.Message challenge = wire.send(leg(site, scheme + " " + Ntlm.negotiate())).read();
    String answer = StandInIis.header(challenge.head(), "WWW-Authenticate");
    if (challenge.status() != 401 || !answer.startsWith(scheme + " ")) {
      return;
    }
    long nonce = Ntlm.nonce(answer.substring(scheme.length() + 1));
    String token = Ntlm.authenticate(id + "@" + site, nonce);
    if (random.nextInt(10) == 0) {
      wire.send(leg(site, scheme + " " + token));
      throw new IOException("broken off before the last answer");
    }
    Wire.Message done = wire.send(leg(site, scheme + " " + token)).read();
    if (done.status() == 200) {
      signedIn.add(site);
    } else if (done.status() == 401) {
      wrong.add(
          "client " + id + ": the challenge came from another connection than the answer went to");
    }
    hear(site, done);
  }

  private void hear(String site, Wire.Message answer) {
    String user = StandInIis.header(answer.head(), "X-User");
    if (user.isEmpty() || user.equals("nobody")) {
      return;
    }
    if (!user.equals(id + "@" + site)) {
      wrong.add("client " + id + " was answered as " + user);
    } else if (!signedIn.contains(site)) {
      wrong.add("client " + id + " was signed in by a connection before");
    } else {
      confirmed++;
    }
  }

  private String leg(String site, String credentials) {
    String line = "Authorization: " + credentials + "\r\n";
    return random.nextBoolean() ? post("/", site, line) : get("/", site, line);
  }

  private String get(String path, String site, String line) {
    return "GET %s HTTP/1.1\r\nHost: %s\r\nX-Client: %d\r\n%s\r\n".formatted(path, site, id, line);
  }

  private String post(String path, String site, String line) {
    String body = "x".repeat(random.nextInt(5) * random.nextInt(3_000));
    String framing =
        random.nextBoolean()
            ? "Content-Length: " + body.length() + "\r\n\r\n" + body
            : "Transfer-Encoding: chunked\r\n\r\n" + chunk(body) + "0\r\n\r\n";
    return "POST %s HTTP/1.1\r\nHost: %s\r\nX-Client: %d\r\nX-Early: %s\r\n%s%s"
        .formatted(path, site, id, random.nextBoolean() ? "yes" : "no", line, framing);
  }

  private static String chunk(String body) {
    return body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
  }
}
