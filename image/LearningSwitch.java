import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// An Ethernet switch for machines that QEMU emulates: `java LearningSwitch.java PORT...`, and on each machine
/// `-netdev socket,connect=127.0.0.1:PORT`. QEMU itself has a hub only, and its user-mode network answers for every address
/// that it overhears. On the wire a frame follows its length, four bytes, the highest first.
final class LearningSwitch {

  private static final int MOST_BYTES = 128 * 1024;
  private static final int ADDRESSES_BYTES = 12;

  /// The socket behind which a card's address was last seen.
  private static final Map<Long, Integer> PLACES = new ConcurrentHashMap<>();

  private static final Map<Integer, DataOutputStream> CABLES = new ConcurrentHashMap<>();

  private LearningSwitch() {}

  public static void main(String[] ports) throws IOException {
    for (int i = 0; i < ports.length; i++) {
      int number = i;
      ServerSocket socket =
          new ServerSocket(Integer.parseInt(ports[i]), 1, InetAddress.getLoopbackAddress());
      new Thread(() -> serve(socket, number), "port-" + number).start();
    }
    System.out.println("switching");
  }

  /// A machine that is powered off and on plugs in again.
  private static void serve(ServerSocket socket, int number) {
    while (true) {
      try (Socket cable = socket.accept()) {
        cable.setTcpNoDelay(true);
        CABLES.put(number, new DataOutputStream(cable.getOutputStream()));
        forward(new DataInputStream(cable.getInputStream()), number);
      } catch (IOException e) {
        System.err.println("port " + number + ": " + e);
      } finally {
        CABLES.remove(number);
      }
    }
  }

  private static void forward(DataInputStream in, int number) throws IOException {
    while (true) {
      int length;
      try {
        length = in.readInt();
      } catch (EOFException e) {
        return;
      }
      if (length < ADDRESSES_BYTES || length > MOST_BYTES) {
        throw new IOException("a frame of " + length + " bytes");
      }
      ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + length).putInt(length);
      in.readFully(frame.array(), Integer.BYTES, length);
      long to = frame.getLong(Integer.BYTES) >>> 16;
      long from = frame.getLong(Integer.BYTES + 4) & 0xffff_ffff_ffffL;
      PLACES.put(from, number);
      Integer place = PLACES.get(to);
      for (Map.Entry<Integer, DataOutputStream> cable : CABLES.entrySet()) {
        boolean wanted = place == null || cable.getKey().equals(place);
        if (wanted && cable.getKey() != number) {
          send(cable.getValue(), frame.array());
        }
      }
    }
  }

  /// A machine that has just gone loses the frame, as on any cable; its reader sees the end.
  private static void send(DataOutputStream cable, byte[] frame) {
    synchronized (cable) {
      try {
        cable.write(frame);
        cable.flush();
      } catch (IOException e) {
        System.err.println("lost a frame: " + e);
      }
    }
  }
}
