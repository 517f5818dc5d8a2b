package io.portcullis.farm.verify;

import io.portcullis.farm.call.Dripping;
import io.portcullis.farm.server.FreePort;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A DNS server with a zone of its own on the loopback: UDP and TCP, addresses and aliases, and a few bad manners.
public final class SmallDns implements AutoCloseable {
  private static final int A = 1;
  private static final int CNAME = 5;
  private static final int AAAA = 28;

  private final Map<String, List<String>> addresses = new HashMap<>();
  private final Map<String, String> aliases = new HashMap<>();
  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private volatile boolean silent;
  private volatile boolean cutting;
  private volatile boolean dripping;
  private volatile int code = -1;

  public SmallDns() throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    // The port is free for TCP; UDP's are few below the system's own range.
    tcp = new ServerSocket(FreePort.one(), 16, here);
    udp = new DatagramSocket(new InetSocketAddress(here, tcp.getLocalPort()));
    Thread.ofVirtual().start(this::datagrams);
    Thread.ofVirtual().start(this::connections);
  }

  public SmallDns address(String name, String... values) {
    addresses.put(name, List.of(values));
    return this;
  }

  public SmallDns alias(String name, String of) {
    aliases.put(name, of);
    return this;
  }

  public SmallDns silent() {
    silent = true;
    return this;
  }

  /// Answers over UDP are cut, so that TCP has to be asked.
  public SmallDns cutting() {
    cutting = true;
    return this;
  }

  /// And TCP's come by the byte, and never whole.
  public SmallDns dripping() {
    dripping = true;
    return cutting();
  }

  public SmallDns failing(int rcode) {
    code = rcode;
    return this;
  }

  public InetSocketAddress at() {
    return (InetSocketAddress) tcp.getLocalSocketAddress();
  }

  private void datagrams() {
    byte[] buffer = new byte[2048];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        if (!silent) {
          byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()), cutting);
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        return;
      }
    }
  }

  private void connections() {
    while (!tcp.isClosed()) {
      try (Socket socket = tcp.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] question = new byte[in.readUnsignedShort()];
        in.readFully(question);
        byte[] answer = answer(question, false);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        if (dripping) {
          out.writeShort(0xffff);
          Dripping.drip(socket, tcp);
        }
        out.writeShort(answer.length);
        out.write(answer);
      } catch (IOException e) {
        return;
      }
    }
  }

  private byte[] answer(byte[] question, boolean cut) throws IOException {
    String name = name(question);
    int at = 12;
    while (question[at] != 0) {
      at += question[at] + 1;
    }
    int type = question[at + 2];
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(records);
    int count = 0;
    String owner = name;
    for (String alias = aliases.get(owner); alias != null && !cut; alias = aliases.get(owner)) {
      byte[] target = encode(alias);
      record(out, owner.equals(name) ? new byte[] {(byte) 0xc0, 12} : encode(owner), CNAME, target);
      count++;
      owner = alias;
    }
    for (String value : cut ? List.<String>of() : addresses.getOrDefault(owner, List.of())) {
      byte[] bytes = InetAddress.getByName(value).getAddress();
      if (type == (bytes.length == 4 ? A : AAAA)) {
        record(out, encode(owner), type, bytes);
        count++;
      }
    }
    boolean known = addresses.containsKey(owner) || !owner.equals(name);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    DataOutputStream head = new DataOutputStream(whole);
    head.write(question, 0, 2);
    head.writeByte(cut ? 0x83 : 0x81);
    head.writeByte(0x80 | (code >= 0 ? code : known ? 0 : 3));
    head.writeShort(1);
    head.writeShort(count);
    head.writeInt(0);
    head.write(question, 12, at + 5 - 12);
    head.write(records.toByteArray());
    return whole.toByteArray();
  }

  private static void record(DataOutputStream out, byte[] owner, int type, byte[] data)
      throws IOException {
    out.write(owner);
    out.writeShort(type);
    out.writeShort(1);
    out.writeInt(300);
    out.writeShort(data.length);
    out.write(data);
  }

  private static String name(byte[] question) {
    StringBuilder name = new StringBuilder();
    for (int at = 12; question[at] != 0; at += question[at] + 1) {
      name.append(name.isEmpty() ? "" : ".")
          .append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII));
    }
    return name.toString();
  }

  private static byte[] encode(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : name.split("\\.")) {
      out.write(label.length());
      out.write(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.write(0);
    return out.toByteArray();
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
