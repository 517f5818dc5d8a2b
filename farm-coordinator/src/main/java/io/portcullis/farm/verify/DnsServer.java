package io.portcullis.farm.verify;

import io.portcullis.farm.call.Cutoff;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Asks one DNS server for the addresses of a name (RFC 1035, over UDP, and over TCP what was cut), so that the world outside and
/// the inside can be looked at from one place.
public final class DnsServer implements Plan.Names {
  /// Asked this often, each time waiting this long: six seconds in all.
  private static final int TRIES = 3;

  private static final int WAIT_MILLIS = 2000;

  /// From connecting to the last byte.
  private static final Duration TCP_PATIENCE = Duration.ofMillis(2 * WAIT_MILLIS);

  /// Longer chains of aliases are a mistake of somebody.
  private static final int MAX_ALIASES = 8;

  private static final int MAX_MESSAGE = 65_535;
  private static final int MAX_NAME = 253;
  private static final int MAX_LABEL = 63;
  private static final int HEAD = 12;

  private static final int A = 1;
  private static final int CNAME = 5;
  private static final int AAAA = 28;
  private static final int IN = 1;

  private static final int NO_SUCH_NAME = 3;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final InetSocketAddress server;

  public DnsServer(InetSocketAddress server) {
    this.server = server;
  }

  @Override
  public List<InetAddress> resolve(String name) throws IOException {
    Set<InetAddress> found = new LinkedHashSet<>();
    for (int type : new int[] {A, AAAA}) {
      String asked = name;
      for (int i = 0; i <= MAX_ALIASES; i++) {
        Said said = ask(asked, type);
        found.addAll(said.addresses());
        asked = said.alias();
        if (asked.isEmpty() || !said.addresses().isEmpty()) {
          break;
        }
      }
    }
    return List.copyOf(found);
  }

  /// @param alias the last name that the one asked for leads to, empty if it is no alias
  private record Said(List<InetAddress> addresses, String alias) {}

  private Said ask(String name, int type) throws IOException {
    byte[] question = question(name, type);
    byte[] answer = overUdp(question);
    boolean cut = (answer[2] & 0x02) != 0;
    return read(cut ? overTcp(question) : answer, question);
  }

  private static byte[] question(String name, int type) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(HEAD + MAX_NAME + 2 + 4);
    out.putShort((short) RANDOM.nextInt()).putShort((short) 0x0100).putShort((short) 1);
    out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (bare.length() > MAX_NAME) {
      throw new IOException("\"" + name + "\" is too long for a name");
    }
    for (String label : bare.split("\\.", -1)) {
      byte[] text = label.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
      if (text.length == 0 || text.length > MAX_LABEL) {
        throw new IOException("\"" + name + "\" is not a name");
      }
      out.put((byte) text.length).put(text);
    }
    out.put((byte) 0).putShort((short) type).putShort((short) IN);
    return Arrays.copyOf(out.array(), out.position());
  }

  private byte[] overUdp(byte[] question) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.setSoTimeout(WAIT_MILLIS);
      for (int i = 0; i < TRIES; i++) {
        socket.send(new DatagramPacket(question, question.length));
        byte[] buffer = new byte[MAX_MESSAGE];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
          socket.receive(packet);
          byte[] answer = Arrays.copyOf(buffer, packet.getLength());
          if (answers(answer, question)) {
            return answer;
          }
        } catch (SocketTimeoutException e) {
          // Asked again: datagrams get lost.
        }
      }
    }
    throw new IOException("DNS server %s does not answer".formatted(text()));
  }

  private byte[] overTcp(byte[] question) throws IOException {
    try (Socket socket = new Socket();
        Cutoff cutoff = Cutoff.after(TCP_PATIENCE, socket)) {
      try {
        socket.connect(server, WAIT_MILLIS);
        return overTcp(socket, question);
      } catch (SocketException e) {
        if (cutoff.fell()) {
          throw new IOException(
              "DNS server %s gave no whole answer over TCP within %d ms"
                  .formatted(text(), TCP_PATIENCE.toMillis()),
              e);
        }
        throw e;
      }
    }
  }

  private byte[] overTcp(Socket socket, byte[] question) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(
        ByteBuffer.allocate(2 + question.length)
            .putShort((short) question.length)
            .put(question)
            .array());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] answer = new byte[in.readUnsignedShort()];
    in.readFully(answer);
    if (!answers(answer, question)) {
      throw new IOException("DNS server %s answers something else".formatted(text()));
    }
    return answer;
  }

  private String text() {
    return server.getAddress().getHostAddress() + ":" + server.getPort();
  }

  /// An answer with our number to our question.
  private static boolean answers(byte[] answer, byte[] question) {
    return answer.length >= question.length
        && answer[0] == question[0]
        && answer[1] == question[1]
        && (answer[2] & 0x80) != 0
        && Arrays.equals(
            lower(answer, HEAD, question.length), lower(question, HEAD, question.length));
  }

  private static byte[] lower(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
        .toLowerCase(Locale.ROOT)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private Said read(byte[] answer, byte[] question) throws IOException {
    int code = answer[3] & 0x0f;
    if (code != 0 && code != NO_SUCH_NAME) {
      throw new IOException("DNS server %s answers with code %d".formatted(text(), code));
    }
    ByteBuffer in = ByteBuffer.wrap(answer);
    int count = in.getShort(6) & 0xffff;
    in.position(question.length);
    List<InetAddress> addresses = new ArrayList<>();
    String alias = "";
    try {
      for (int i = 0; i < count; i++) {
        name(in);
        int type = in.getShort() & 0xffff;
        int zone = in.getShort() & 0xffff;
        in.getInt();
        int length = in.getShort() & 0xffff;
        int end = in.position() + length;
        if (zone == IN && (type == A && length == 4 || type == AAAA && length == 16)) {
          addresses.add(address(Arrays.copyOfRange(answer, in.position(), end)));
        } else if (zone == IN && type == CNAME) {
          alias = name(in);
        }
        in.position(end);
      }
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("DNS server %s answers what cannot be read".formatted(text()), e);
    }
    return new Said(addresses, alias);
  }

  private static InetAddress address(byte[] bytes) throws UnknownHostException {
    return InetAddress.getByAddress(bytes);
  }

  /// A name that may end in a pointer to an earlier one (§4.1.4); leaves the position behind it.
  private static String name(ByteBuffer in) {
    List<String> labels = new ArrayList<>();
    int behind = -1;
    int left = MAX_NAME;
    for (int length = in.get() & 0xff; length != 0; length = in.get() & 0xff) {
      left -= 1 + (length < 0xc0 ? length : 0);
      if (left < 0) {
        throw new IllegalArgumentException("a name without an end");
      }
      if (length >= 0xc0) {
        int target = (length & 0x3f) << 8 | in.get() & 0xff;
        behind = behind < 0 ? in.position() : behind;
        in.position(target);
      } else {
        byte[] label = new byte[length];
        in.get(label);
        labels.add(new String(label, StandardCharsets.US_ASCII));
      }
    }
    if (behind >= 0) {
      in.position(behind);
    }
    return String.join(".", labels);
  }
}
