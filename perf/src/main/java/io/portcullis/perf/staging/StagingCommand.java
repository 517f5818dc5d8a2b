package io.portcullis.perf.staging;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command line of a staging pool: reads the arguments, starts, says what to curl, and stays until it is stopped.
@Command(
    name = "farmctl staging run",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Runs stand-in Lync Front End servers: the pool to publish before a real one is at hand.",
      "Each member answers on a TLS port and a clear port with what it received: the connection, the raw",
      "request line, the headers. The internal CA they are trusted by is DIR/pool-ca.pem."
    },
    footer = {
      "",
      "Paths:  /autodiscover/autodiscoverservice.svc/root   discovery as Lync answers it",
      "        /bytes/N        N bytes of known content, Range honoured",
      "        /sink           counts and hashes the body sent (SHA-256)",
      "        /slow/SECONDS   answers late;   /status/CODE   answers with that status",
      "        anything else   echo; as JSON with Accept: application/json",
      "",
      "Example:  farmctl staging run --dir staging --member fe1.contoso.local=4443:8080 \\",
      "                                            --member fe2.contoso.local=4444:8081"
    })
final class StagingCommand implements Callable<Integer> {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "where the pool's CA lies, or is made")
  private Path directory = Path.of("");

  @Option(
      names = "--member",
      required = true,
      paramLabel = "NAME=HTTPS:HTTP",
      description = "a member and its two ports; repeat for more")
  private List<String> members = new ArrayList<>();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "address to listen on (default: ${DEFAULT-VALUE})")
  private String host = "127.0.0.1";

  @Option(
      names = "--pool",
      paramLabel = "FQDN",
      description = "internal name of the pool (default: ${DEFAULT-VALUE})")
  private String pool = StagingPool.DEFAULT_POOL_NAME;

  @Option(
      names = "--name",
      paramLabel = "FQDN",
      description = {
        "further name in the certificates; repeat for more. The first is the",
        "external web services name that autodiscover links to (default: "
            + StagingPool.DEFAULT_EXTERNAL_NAME
            + ")"
      })
  private List<String> names = new ArrayList<>();

  static void run(String[] args) {
    int code = new CommandLine(new StagingCommand()).execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    StagingPool running;
    try {
      List<StagingPool.MemberPorts> ports =
          members.stream().map(StagingPool.MemberPorts::parse).toList();
      running =
          StagingPool.start(
              new StagingPool.Settings(directory, InetAddress.getByName(host), pool, names, ports));
    } catch (IllegalArgumentException e) {
      System.err.println("staging: " + e.getMessage());
      return 2;
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("staging: " + e.getMessage());
      return 1;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running), "stop"));
    announce(running);
    new CountDownLatch(1).await();
    return 0;
  }

  private void announce(StagingPool running) {
    for (StagingMember member : running.members()) {
      System.out.println(
          "member %s https=%s http=%s"
              .formatted(
                  member.name(),
                  StagingPool.text(member.https()),
                  StagingPool.text(member.http())));
    }
    StagingMember first = running.members().getFirst();
    System.out.println("try:");
    System.out.println(
        "  curl --cacert %s --connect-to ::%s https://%s/meet"
            .formatted(running.trustFile(), StagingPool.text(first.https()), pool));
    System.out.println(
        "  curl http://%s/autodiscover/autodiscoverservice.svc/root"
            .formatted(StagingPool.text(first.http())));
    System.out.flush();
  }

  /// Ends the process with 0 even though a signal asked for it: being stopped is how a stand-in ends.
  private static void stop(StagingPool running) {
    try {
      running.close();
    } catch (IOException e) {
      System.err.println("staging: " + e.getMessage());
    }
    System.out.println("stopped");
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
