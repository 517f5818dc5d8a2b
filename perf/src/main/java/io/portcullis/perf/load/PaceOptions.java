package io.portcullis.perf.load;

import io.portcullis.farm.verify.SignIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that say how long, from where, and over how many connections.
public final class PaceOptions {

  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "how long arrivals come, 100ms to 24h (default: ${DEFAULT-VALUE})")
  private String duration = "30s";

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "kept connections at most, for shapes that keep them (default: ${DEFAULT-VALUE})")
  private int connections = 64;

  @Option(
      names = "--random",
      description = "arrivals at random moments, as independent users come; otherwise evenly")
  private boolean random;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "of --random, to repeat a run (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = "--sources",
      paramLabel = "N",
      description = "users come from N addresses from 127.1.0.1 on (targets on this machine)")
  private int loopbacks;

  @Option(
      names = "--source",
      paramLabel = "ADDRESS",
      description = "users come from this address of this machine; repeat for more")
  private List<String> sources = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "for one answer, beyond a long poll's hold (default: ${DEFAULT-VALUE})")
  private String timeout = "10s";

  @Option(
      names = "--loops",
      paramLabel = "N",
      description = "event loops of the generator (default: ${DEFAULT-VALUE})")
  private int loops = 1;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = "what plain shapes ask for (default: what a staging pool answers)")
  private @Nullable String path;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "what plain shapes fetch from a staging pool, or send")
  private @Nullable Long size;

  @Option(
      names = "--user",
      paramLabel = "DOMAIN\\NAME",
      description = {
        "who signs in, by NTLM, in the models that do (default: nobody; they end at the challenge).",
        "Tried once before the load, since accounts lock"
      })
  private @Nullable String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "whose first line is the password of --user")
  private @Nullable Path passwordFile;

  @Option(
      names = "--key",
      paramLabel = "WORD",
      description =
          "rsa or ecdsa: offer only signatures of that kind of certificate (default: both)")
  private @Nullable String key;

  /// @throws IllegalArgumentException saying what is wrong
  /// @throws IOException if the password file cannot be read
  LoadPlan plan(TargetOptions target, String model, double rate) throws IOException {
    if (rate <= 0) {
      throw new IllegalArgumentException("--rate is above 0, not " + rate);
    }
    if (loopbacks > 0 && !sources.isEmpty()) {
      throw new IllegalArgumentException("--sources and --source exclude each other");
    }
    Site site = target.site();
    return new LoadPlan(
        site,
        model,
        Models.of(model, site, path, size, signIn()),
        rate,
        random,
        duration("--duration", duration),
        connections,
        loopbacks != 0
            ? Sources.loopback(loopbacks)
            : sources.isEmpty() ? Sources.system() : Sources.of(sources),
        duration("--timeout", timeout),
        loops,
        seed,
        target.trust(),
        key == null ? Offer.ALL : new Offer(KeyKind.of(key), false));
  }

  @Nullable SignIn signIn() throws IOException {
    if (user == null && passwordFile == null) {
      return null;
    }
    if (user == null || passwordFile == null) {
      throw new IllegalArgumentException("--user and --password-file go together");
    }
    List<String> lines = Files.readAllLines(passwordFile);
    if (lines.isEmpty() || lines.getFirst().isEmpty()) {
      throw new IllegalArgumentException(passwordFile + " holds no password in its first line");
    }
    return SignIn.of(user, lines.getFirst());
  }

  /// `500ms`, `30s`, `5m`, `1h`.
  static Duration duration(String option, String text) {
    var match = TIME.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          option + " is a time such as 500ms, 30s, 5m or 1h, not \"" + text + "\"");
    }
    long number = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
