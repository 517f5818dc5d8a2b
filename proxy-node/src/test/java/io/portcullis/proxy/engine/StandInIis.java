package io.portcullis.proxy.engine;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A web server that authenticates connections, as IIS does: after the third NTLM message every request on that TCP connection is
/// that user's, with or without credentials. It notices when a request of another client arrives there.
///
/// Clients say who they are in `X-Client`, which no real one does: user `17@a` may only ever serve client `17`.
final class StandInIis implements Closeable {

  private static final AtomicLong NONCES = new AtomicLong(0x5eed);

  private final ServerSocket server;
  private final String site;
  private final List<String> foreign = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger authenticated = new AtomicInteger();

  /// @param site ends the names of its users
  StandInIis(String site) throws IOException {
    this(site, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
  }

  /// @param server bound, whatever its connections speak
  StandInIis(String site, ServerSocket server) {
    this.site = site;
    this.server = server;
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    try (Wire wire = new Wire(socket)) {
      Connection connection = new Connection(wire);
      while (true) {
        connection.exchange();
      }
    } catch (IOException _) {
      // The other side closed, or the test killed it.
    } finally {
      open.remove(socket);
    }
  }

  private final class Connection {

    private final Wire wire;
    private @Nullable String user;
    private long nonce;

    Connection(Wire wire) {
      this.wire = wire;
    }

    void exchange() throws IOException {
      String head = wire.readHead();
      String credentials = header(head, "Authorization");
      String scheme = credentials.substring(0, Math.max(0, credentials.indexOf(' ')));
      boolean connects = scheme.equalsIgnoreCase("NTLM") || scheme.equalsIgnoreCase("Negotiate");
      String token = connects ? credentials.substring(scheme.length() + 1) : "";
      // Half of the challenges leave before the body was read, as http.sys does.
      boolean early = header(head, "X-Early").equals("yes");
      if (!early) {
        wire.readBody(head);
      }
      checkClient(head);
      if (connects && Ntlm.type(token) == 1) {
        user = null;
        nonce = NONCES.incrementAndGet();
        challenge(scheme + " " + Ntlm.challenge(nonce));
      } else if (connects && Ntlm.type(token) == 3) {
        finish(head, token);
      } else if (user == null && !head.startsWith("GET /public")) {
        challenge("Negotiate\r\nWWW-Authenticate: NTLM");
      } else {
        answer();
      }
      if (early) {
        wire.readBody(head);
      }
    }

    private void finish(String head, String token) throws IOException {
      if (nonce == 0 || !Ntlm.answers(token, nonce)) {
        // A response to a challenge of another connection: real servers refuse it too.
        nonce = 0;
        challenge("Negotiate\r\nWWW-Authenticate: NTLM");
        return;
      }
      nonce = 0;
      user = Ntlm.user(token);
      authenticated.incrementAndGet();
      checkClient(head);
      answer();
    }

    private void checkClient(String head) {
      String now = user;
      String client = header(head, "X-Client");
      if (now != null && !client.isEmpty() && !now.equals(client + "@" + site)) {
        foreign.add("client " + client + " spoke as " + now);
      }
    }

    private void challenge(String how) throws IOException {
      wire.send(
          "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: "
              + how
              + "\r\nContent-Length: 4\r\n\r\nwho?");
    }

    private void answer() throws IOException {
      String who = user == null ? "nobody" : user;
      wire.send(
          "HTTP/1.1 200 OK\r\nX-User: %s\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(who, who.length(), who));
    }
  }

  static String header(String head, String name) {
    String start = "\r\n" + name.toLowerCase(Locale.ROOT) + ":";
    int at = head.toLowerCase(Locale.ROOT).indexOf(start);
    return at < 0
        ? ""
        : head.substring(at + start.length(), head.indexOf("\r\n", at + start.length())).trim();
  }

  /// Resets some of the connections, whatever they are doing.
  void kill(Random random) {
    for (Socket one : open) {
      if (random.nextInt(3) == 0) {
        try {
          one.setSoLinger(true, 0);
          one.close();
        } catch (IOException _) {
          // It has just closed by itself.
        }
      }
    }
  }

  /// Every time a request of one client was served as another user.
  List<String> foreign() {
    return foreign;
  }

  /// Handshakes that were completed.
  int authenticated() {
    return authenticated.get();
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket one : open) {
      one.close();
    }
  }
}
