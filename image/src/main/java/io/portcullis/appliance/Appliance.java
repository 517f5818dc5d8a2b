package io.portcullis.appliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the boot scripts call. Problems go to standard error, all at once.
///
/// Exit codes: 0 fine, 1 the settings are wrong, 2 wrong usage or an unreadable file.
public final class Appliance {

  private static final Path CARDS = Path.of("/sys/class/net");
  private static final String USAGE =
      "usage: check SETTINGS | render --into DIR [SETTINGS] | ovf OVF-ENV.XML";

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
      Path target = into.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Path fresh = target.resolveSibling(target.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      String mode = Rendering.SECRET.contains(file.getKey()) ? "rw-------" : "rw-r--r--";
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, file.getValue());
      Files.setPosixFilePermissions(fresh, Set.copyOf(PosixFilePermissions.fromString(mode)));
      Files.move(
          fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return 0;
  }
}
