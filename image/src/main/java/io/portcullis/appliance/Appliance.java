package io.portcullis.appliance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the boot scripts call. Problems go to standard error, all at once.
///
/// Exit codes: 0 fine, 1 the settings are wrong, 2 wrong usage or an unreadable file.
public final class Appliance {

  private static final Path CARDS = Path.of("/sys/class/net");
  private static final String USAGE =
      "usage: check SETTINGS | render --into DIR [SETTINGS] | ovf OVF-ENV.XML"
          + " | virtual --into DIR PLAN";

  /// Where the tree has it.
  private static final String READY = "/usr/lib/portcullis/ready";

  /// 64 addresses with 15 peers each, of the longest kind.
  private static final int PLAN_BYTES = 64 * 1024;

  private Appliance() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), CARDS));
  }

  static int run(List<String> arguments, Path cards) {
    try {
      return switch (arguments.isEmpty() ? "" : arguments.getFirst() + " " + arguments.size()) {
        case "check 2" -> check(read(arguments.get(1)), cards);
        case "render 3" -> write(Path.of(arguments.get(2)), Rendering.unconfigured());
        case "render 4" -> render(Path.of(arguments.get(2)), read(arguments.get(3)), cards);
        case "virtual 4" -> virtual(Path.of(arguments.get(2)), Path.of(arguments.get(3)));
        case "ovf 2" -> ovf(read(arguments.get(1)));
        default -> {
          System.err.println(USAGE);
          yield 2;
        }
      };
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return 2;
    }
  }

  private static String read(String file) throws IOException {
    return Files.readString(Path.of(file));
  }

  private static int check(String text, Path cards) throws IOException {
    return switch (judge(text, cards)) {
      case Judged.Right(Settings settings, Placement placement) -> {
        System.out.print(Rendering.summary(settings, placement));
        yield 0;
      }
      case Judged.Wrong(List<String> problems) -> tell(problems);
    };
  }

  private static int render(Path into, String text, Path cards) throws IOException {
    return switch (judge(text, cards)) {
      case Judged.Right(Settings settings, Placement placement) ->
          write(into, Rendering.of(settings, placement));
      case Judged.Wrong(List<String> problems) -> tell(problems);
    };
  }

  /// The plan lies where the node's user writes: no link is followed, and no more is read than a plan can be.
  private static int virtual(Path into, Path plan) throws IOException {
    String text = "";
    if (Files.exists(plan, LinkOption.NOFOLLOW_LINKS)) {
      try (SeekableByteChannel channel =
          Files.newByteChannel(plan, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        ByteBuffer bytes = ByteBuffer.allocate(PLAN_BYTES);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
      }
    }
    try {
      Keepalived rendered =
          text.isEmpty()
              ? Keepalived.NOTHING
              : Keepalived.of(VirtualPlan.read(text), Appliance::card, READY);
      return write(into, rendered);
    } catch (IllegalArgumentException e) {
      System.err.println(plan + ": " + e.getMessage() + "; virtual addresses stay as they are");
      return 2;
    }
  }

  private static int write(Path into, Keepalived rendered) throws IOException {
    write(into, "vrrp.nft", rendered.firewall(), "rw-r--r--");
    if (rendered.configuration() == null) {
      Files.deleteIfExists(into.resolve("keepalived.conf"));
    } else {
      write(into, "keepalived.conf", rendered.configuration(), "rw-r--r--");
    }
    rendered
        .missing()
        .forEach(address ->
            System.err.println(
                address
                    + " is on no card of this machine, so its virtual addresses are not held here"
                    + "\n  -> mend the address of this node under virtualAddresses, or this machine's settings"));
    return rendered.missing().isEmpty() ? 0 : 1;
  }

  private static @Nullable String card(InetAddress address) {
    try {
      NetworkInterface card = NetworkInterface.getByInetAddress(address);
      return card == null ? null : card.getName();
    } catch (SocketException e) {
      return null;
    }
  }

  private static int ovf(String xml) {
    return switch (OvfEnvironment.settings(xml)) {
      case OvfEnvironment.Outcome.Text(String text) -> {
        System.out.print(text);
        yield 0;
      }
      case OvfEnvironment.Outcome.Unreadable(String why) -> tell(List.of(why));
    };
  }

  private sealed interface Judged {
    record Right(Settings settings, Placement placement) implements Judged {}

    record Wrong(List<String> problems) implements Judged {}
  }

  /// Everything that can be wrong is said before anything is written.
  private static Judged judge(String text, Path cards) throws IOException {
    return switch (SettingsReader.read(text)) {
      case SettingsReader.Outcome.Refused(List<String> problems) -> new Judged.Wrong(problems);
      case SettingsReader.Outcome.Accepted(Settings settings) ->
          switch (Placement.of(settings, Cards.read(cards))) {
            case Placement.Outcome.Missing(List<String> problems) -> new Judged.Wrong(problems);
            case Placement.Outcome.Placed(Placement placement) ->
                new Judged.Right(settings, placement);
          };
    };
  }

  private static int tell(List<String> problems) {
    problems.forEach(System.err::println);
    return 1;
  }

  private static int write(Path into, Map<String, String> files) throws IOException {
    for (String path : Rendering.OWNED) {
      if (!files.containsKey(path)) {
        Files.deleteIfExists(into.resolve(path));
      }
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      String mode = Rendering.SECRET.contains(file.getKey()) ? "rw-------" : "rw-r--r--";
      write(into, file.getKey(), file.getValue(), mode);
    }
    return 0;
  }

  private static void write(Path into, String name, String text, String mode) throws IOException {
    Path target = into.resolve(name);
    Files.createDirectories(target.getParent());
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text);
    Files.setPosixFilePermissions(fresh, Set.copyOf(PosixFilePermissions.fromString(mode)));
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
