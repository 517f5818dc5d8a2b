package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the unit that renders keepalived's configuration may do, against what keepalived's own test of it needs.
class VirtualUnitTest {

  private static final Path UNIT =
      Path.of("tree/usr/lib/systemd/system/portcullis-virtual.service").toAbsolutePath();
  private static final Path READY = Path.of("tree/usr/lib/portcullis/ready").toAbsolutePath();
  private static final String PLAN =
      "node one\naddress 192.0.2.101/24 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12\n";

  @TempDir private Path directory = Path.of("");

  private static String capabilities() throws IOException {
    String line =
        Files.readAllLines(UNIT).stream()
            .filter(one -> one.startsWith("CapabilityBoundingSet="))
            .collect(Collectors.joining());
    return line.substring(line.indexOf('=') + 1);
  }

  /// Exit codes are not asked: the release of Debian 12 ends itself with SIGTERM after each test.
  private String tested(Lan.Host host, String capabilities)
      throws IOException, InterruptedException {
    String bounds =
        Arrays.stream(capabilities.split(" "))
            .map(one -> ",+" + one.substring("CAP_".length()).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining());
    return host.run(
        "sh",
        "-c",
        "setsid -w setpriv --no-new-privs --inh-caps=-all --bounding-set=-all%s keepalived --config-test --use-file %s || true"
            .formatted(bounds, directory.resolve("keepalived.conf")));
  }

  @Test
  void keepalivedTakesWhatIsRenderedWithWhatTheUnitMayDo() throws Exception {
    Keepalived rendered = Keepalived.of(VirtualPlan.read(PLAN), _ -> "eth0", "/mnt/ready");
    Files.writeString(
        directory.resolve("keepalived.conf"), Objects.requireNonNull(rendered.configuration()));
    try (Lan lan = new Lan()) {
      Lan.Host host = lan.host("one", "192.0.2.11/24");
      host.run("install", "-m", "755", READY.toString(), "/mnt/ready");
      assertThat(tested(host, capabilities())).doesNotContain("insecure").doesNotContain("setpriv");
      String fewer = capabilities().replace(" CAP_SETUID", "").replace(" CAP_SETGID", "");
      assertThat(tested(host, fewer)).contains("insecure");
    }
  }
}
