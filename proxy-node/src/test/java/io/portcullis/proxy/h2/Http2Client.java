package io.portcullis.proxy.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A client that writes frames as it pleases (RFC 9113 §4.1), over the JDK's TLS.
final class Http2Client implements Closeable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  private static final int PATIENCE_MILLIS = 30_000;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final SSLSocket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false);

  @SuppressWarnings("ArrayRecordComponent")
  record Frame(int type, int flags, int stream, byte[] payload) {
    int number(int at) {
      return (payload[at] & 0xff) << 24
          | (payload[at + 1] & 0xff) << 16
          | (payload[at + 2] & 0xff) << 8
          | payload[at + 3] & 0xff;
    }
  }

  Http2Client(InetSocketAddress to, SSLContext trust, String name, String... protocols)
      throws IOException {
    socket = (SSLSocket) trust.getSocketFactory().createSocket(to.getAddress(), to.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    parameters.setServerNames(List.of(new SNIHostName(name)));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    in = new DataInputStream(socket.getInputStream());
  }

  /// Preface and empty settings, as most clients begin.
  Http2Client greet() throws IOException {
    raw(preface());
    return frame(SETTINGS, 0, 0);
  }

  String protocol() {
    return socket.getApplicationProtocol();
  }

  /// A server that has said GOAWAY need not read the rest.
  Http2Client raw(byte[] bytes) throws IOException {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (SocketException _) {
      // What it said can still be read.
    }
    return this;
  }

  /// @return false if the connection is gone
  boolean writes(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  Http2Client frame(int type, int flags, int stream, int... payload) throws IOException {
    byte[] bytes = new byte[payload.length];
    for (int i = 0; i < payload.length; i++) {
      bytes[i] = (byte) payload[i];
    }
    return raw(frameBytes(type, flags, stream, bytes));
  }

  /// What every connection begins with (RFC 9113 §3.4).
  static byte[] preface() {
    return PREFACE.getBytes(ISO_8859_1);
  }

  static byte[] frameBytes(int type, int flags, int stream, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(payload.length >>> 16);
    out.write(payload.length >>> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    number(out, stream);
    out.writeBytes(payload);
    return out.toByteArray();
  }

  private static byte[] payload(String text) {
    return switch (text) {
      case "H" -> block(Http2Farm.get("/"));
      case "P" ->
          block(
              List.of(
                  ":method: POST", ":scheme: https", ":authority: " + Http2Farm.NAME, ":path: /"));
      default -> HexFormat.of().parseHex(text);
    };
  }

  /// Frames as `type flags stream payload`, with ` / ` between them; the payload in hexadecimal, or `H` for the head of a GET, `P` of a POST.
  static byte[] frames(String script) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String one : script.split(" / ")) {
      String[] words = one.trim().split(" ");
      byte[] payload = words.length > 3 ? payload(words[3]) : new byte[0];
      all.writeBytes(
          frameBytes(
              Integer.parseInt(words[0]),
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              payload));
    }
    return all.toByteArray();
  }

  static void number(ByteArrayOutputStream out, int number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(number >>> shift);
    }
  }

  /// @param lines `name: value`, in order, as literals without indexing (RFC 7541 §6.2.2)
  static byte[] block(List<String> lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String line : lines) {
      int colon = line.indexOf(": ", 1);
      out.write(0);
      text(out, line.substring(0, colon));
      text(out, line.substring(colon + 2));
    }
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    int length = text.length();
    if (length < 127) {
      out.write(length);
    } else {
      out.write(127);
      for (length -= 127; length >= 128; length >>>= 7) {
        out.write(length & 127 | 128);
      }
      out.write(length);
    }
    out.writeBytes(text.getBytes(ISO_8859_1));
  }

  Http2Client request(int stream, boolean ends, List<String> lines) throws IOException {
    return raw(frameBytes(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, block(lines)));
  }

  Http2Client data(int stream, boolean ends, byte[] bytes) throws IOException {
    return raw(frameBytes(DATA, ends ? END_STREAM : 0, stream, bytes));
  }

  /// The next frame; null when the server has closed.
  Frame next() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      return new Frame(type, flags, stream, in.readNBytes(length));
    } catch (EOFException | SocketException _) {
      return new Frame(-1, 0, 0, new byte[0]);
    }
  }

  /// The next frame that is not about the connection's business.
  Frame nextOfInterest() throws IOException {
    while (true) {
      Frame frame = next();
      boolean ours =
          frame.type() == SETTINGS || frame.type() == WINDOW_UPDATE || frame.type() == PRIORITY;
      if (!ours) {
        return frame;
      }
    }
  }

  Http2Headers decode(Frame frame) throws Http2Exception {
    return headers.decodeHeaders(
        frame.stream(),
        Unpooled.wrappedBuffer(Arrays.copyOf(frame.payload(), frame.payload().length)));
  }

  /// What comes of a stream, in a word: its status and body, `reset N`, `goaway N` or `closed`.
  String outcome(int stream) throws Exception {
    String status = "";
    StringBuilder body = new StringBuilder();
    while (true) {
      Frame frame = nextOfInterest();
      switch (frame.type()) {
        case -1 -> {
          return "closed";
        }
        case GOAWAY -> {
          return "goaway " + frame.number(4);
        }
        case RST_STREAM -> {
          if (frame.stream() == stream) {
            return "reset " + frame.number(0);
          }
        }
        case HEADERS -> {
          // Decoded whosever it is: the streams share the compression.
          CharSequence some = decode(frame).status();
          if (frame.stream() == stream) {
            status += some;
          }
        }
        case DATA -> {
          if (frame.stream() == stream) {
            body.append(new String(frame.payload(), ISO_8859_1));
          }
        }
        default -> {}
      }
      boolean ended = (frame.flags() & END_STREAM) != 0 && frame.type() <= HEADERS;
      if (ended && frame.stream() == stream) {
        return (status + " " + body).trim();
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
