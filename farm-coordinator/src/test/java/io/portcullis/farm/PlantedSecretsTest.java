package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Secrets that are planted where operators bring them, looked for everywhere else: in what the coordinator and its ZooKeeper write, in all logs
/// down to the last detail of ours, on the operator's screen.
class PlantedSecretsTest {
  private static final String PASSWORD = "planted-password-of-a-pfx";
  private static final String PASSPHRASE = "planted passphrase of a backup";

  /// Where a coordinator keeps its own: closed files of the state directory, which never leave it.
  private static final Set<String> ITS_OWN =
      Set.of("farm.key", "ca.key", "identity.pem", "operator.pem");

  private static final int WINDOW = 12;
  private static final int SCALAR_AT = 36;

  @TempDir private Path directory = Path.of("");
  private Path home = Path.of("");
  private Bench bench;
  private Sitting operator;
  private final ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.portcullis");
  private final AppenderBase<ILoggingEvent> listening =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(event.getFormattedMessage());
          if (event.getThrowableProxy() != null) {
            logged.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
          }
        }
      };

  @BeforeEach
  void start() throws Exception {
    ours.setLevel(Level.TRACE);
    listening.start();
    root.addAppender(listening);
    bench = Bench.start(directory);
    home = Files.createDirectory(directory.resolve("home"));
    operator =
        new Sitting(home, FarmCtl::join)
            .restoring(Restoration::prepare)
            .with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
  }

  @AfterEach
  void stop() {
    bench.close();
    root.detachAppender(listening);
    ours.setLevel(null);
  }

  private void secret(String name, String text) throws IOException {
    Path file = Files.writeString(home.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private String type(String... words) {
    operator.type(words);
    return operator.out() + operator.err();
  }

  /// In the shapes in which it would be found: half of it as bytes and in hex, and any twelve bytes of it in base64, whose lines are broken.
  private static void shapes(Map<String, String> needles, String name, byte[] secret) {
    byte[] middle = Arrays.copyOfRange(secret, secret.length / 4, secret.length * 3 / 4);
    needles.put(name, new String(middle, StandardCharsets.ISO_8859_1));
    needles.put(name + " in hex", HexFormat.of().formatHex(middle));
    for (int from = 0; from + WINDOW <= secret.length; from++) {
      byte[] part = Arrays.copyOfRange(secret, from, from + WINDOW);
      needles.put(name + " in base64 from " + from, Base64.getEncoder().encodeToString(part));
    }
  }

  /// The number that is the key, within PKCS #8 for P-256 (RFC 5915): what stands around it is the same for all, or public.
  private static byte[] scalar(String pem) {
    byte[] der =
        Base64.getMimeDecoder()
            .decode(pem.replaceAll("-----[A-Z ]+-----", "").getBytes(StandardCharsets.US_ASCII));
    return Arrays.copyOfRange(der, SCALAR_AT, SCALAR_AT + 32);
  }

  private static boolean holdsAny(Map<String, String> needles, String text) {
    return needles.values().stream().anyMatch(text::contains);
  }

  @Test
  void noSecretIsWrittenLoggedOrShown() throws Exception {
    Map<String, String> files = bench.files("webext01.contoso.com");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(home.resolve(file.getKey()), file.getValue());
    }
    Files.writeString(home.resolve("farm.yaml"), Bench.document(1));
    secret("password", PASSWORD);
    secret("passphrase", PASSPHRASE);
    FarmKey old = bench.home().key();
    StringBuilder screen = new StringBuilder();
    screen.append(type("certificate", "import", "--key", "contoso.key", "contoso", "contoso.pem"));
    // Each of these fails, with the secret at hand to be quoted.
    screen.append(type("certificate", "import", "--key", "contoso.pem", "contoso", "contoso.key"));
    screen.append(
        type("certificate", "import", "--password-file", "password", "contoso", "contoso.key"));
    screen.append(type("apply", "farm.yaml", "--no-wait"));
    Files.writeString(
        home.resolve("swapped.yaml"),
        Bench.document(2).replace("chainFile: contoso.pem", "chainFile: contoso.key"));
    screen.append(type("apply", "swapped.yaml", "--no-wait"));
    screen.append(type("backup", "--password-file", "passphrase", "farm.backup"));
    screen.append(
        type("restore", "farm.backup", "--password-file", "password", "--state", "elsewhere"));
    screen.append(type("farm-key", "rotate"));
    Bench.eventually(() -> operator.type("farm-key", "status") == 0);
    screen.append(type("certificate", "list"));
    screen.append(type("audit", "--output", "json"));
    screen.append(type("history", "--output", "json"));
    assertThat(bench.home().key()).isNotEqualTo(old);

    Map<String, String> needles = new LinkedHashMap<>();
    shapes(needles, "the certificate's key", scalar(String.valueOf(files.get("contoso.key"))));
    shapes(needles, "the old farm key", old.material().getEncoded());
    shapes(needles, "the farm key", bench.home().key().material().getEncoded());
    shapes(needles, "the password", PASSWORD.getBytes(StandardCharsets.UTF_8));
    shapes(needles, "the passphrase", PASSPHRASE.getBytes(StandardCharsets.UTF_8));
    bench.stop();
    String log = String.join("\n", logged);
    assertThat(log).as("the logs are there").contains("rotates the farm key");
    assertThat(holdsAny(needles, Files.readString(home.resolve("contoso.key")))).isTrue();
    assertThat(holdsAny(needles, Files.readString(bench.state().resolve("farm.key")))).isTrue();
    needles.forEach((name, needle) -> {
      assertThat(log.contains(needle)).as(name + " in a log").isFalse();
      assertThat(screen.indexOf(needle) >= 0).as(name + " on the screen").isFalse();
    });
    try (Stream<Path> written = Files.walk(bench.state())) {
      for (Path file : written.filter(Files::isRegularFile).toList()) {
        if (!ITS_OWN.contains(String.valueOf(file.getFileName()))) {
          String text = Files.readString(file, StandardCharsets.ISO_8859_1);
          needles.forEach((name, needle) ->
              assertThat(text.contains(needle)).as(name + " in " + file).isFalse());
        }
      }
    }
  }
}
