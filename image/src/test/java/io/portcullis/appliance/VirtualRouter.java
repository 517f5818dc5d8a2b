package io.portcullis.appliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Real keepalived on a machine of a [Lan], as the appliance configures it.
final class VirtualRouter {

  private static final Path READY = Path.of("tree/usr/lib/portcullis/ready").toAbsolutePath();

  private VirtualRouter() {}

  /// @param log where it writes; its configuration lies beside
  static void start(Lan.Host host, Keepalived rendered, Path log)
      throws IOException, InterruptedException {
    Path configuration =
        Files.writeString(
            log.resolveSibling(log.getFileName() + ".conf"),
            Objects.requireNonNull(rendered.configuration())
                // Nobody has to wait half a minute to see an address return.
                .replace("preempt_delay 30", "preempt_delay 3"));
    host.run("install", "-m", "755", READY.toString(), "/mnt/ready");
    Process _ =
        host.start(
            log,
            "keepalived",
            "--dont-fork",
            "--vrrp",
            "--log-console",
            "--use-file",
            configuration.toString(),
            "--pid",
            "/mnt/keepalived.pid",
            "--vrrp_pid",
            "/mnt/vrrp.pid");
  }
}
