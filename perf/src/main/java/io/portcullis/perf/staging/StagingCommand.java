package io.portcullis.perf.staging;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The command line of a staging pool: reads the arguments, starts, says what to curl, and stays until it is stopped.
@Command(
    name = "farmctl staging run",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Runs stand-in Lync servers: the pool to publish before a real one is at hand. They answer as Front Ends,",
      "Directors and Office Web Apps do, with NTLM, web tickets, UCWA and discovery; what is no directory of Lync is",
      "answered with what was received. The internal CA they are trusted by is DIR/pool-ca.pem."
    },
    footer = {
      "",
      "Paths:  every virtual directory of the version; of the laboratory:",
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
      paramLabel = "[ROLE:]NAME=PORTS",
      description = {
        "a server and its ports, repeat for more: HTTPS:HTTP, then if wanted those of the internal",
        "web site, then the one that stands for 5061. ROLE is fe (default), director or office"
      })
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

  @Option(
      names = "--lync",
      paramLabel = "VERSION",
      description = "2010, 2013, sfb2015, sfb2019 or sfbse (default: 2013)")
  private String version = Behaviour.DEFAULT.version();

  @Option(
      names = "--user",
      paramLabel = "NAME=PASSWORD",
      description = "who may sign in; repeat for more (default: alice and bob with Passw0rd!)")
  private Map<String, String> users = new LinkedHashMap<>();

  @Option(
      names = "--home",
      paramLabel = "NAME=FQDN",
      description = "a user whose home is another pool, and that pool's external web services name")
  private Map<String, String> homes = new LinkedHashMap<>();

  @Option(
      names = "--director-name",
      paramLabel = "FQDN",
      description = "external web services name of the Directors (default: ${DEFAULT-VALUE})")
  private String directorName = Behaviour.DEFAULT.directorName();

  @Option(
      names = "--office-name",
      paramLabel = "FQDN",
      description = "external name of Office Web Apps (default: ${DEFAULT-VALUE})")
  private String officeName = Behaviour.DEFAULT.officeName();

  @Option(
      names = "--pending",
      paramLabel = "N",
      description =
          "held UCWA requests above which a server answers 503 (default: ${DEFAULT-VALUE})")
  private int pending = Behaviour.DEFAULT.pendingLimit();

  @Option(
      names = "--pending-mcx",
      paramLabel = "N",
      description =
          "Mcx requests in processing above which it answers 503 (default: ${DEFAULT-VALUE})")
  private int pendingMcx = Behaviour.DEFAULT.mcxPendingLimit();

  @Option(
      names = "--shortest-poll",
      paramLabel = "SECONDS",
      description = "the least a UCWA event request is held (default: ${DEFAULT-VALUE})")
  private long shortestPoll = Behaviour.DEFAULT.shortestPoll().toSeconds();

  @Option(
      names = "--perf-token",
      paramLabel = "FILE",
      description = {
        "let farmctl perf load come: serve this file's content at",
        "/.well-known/portcullis-perf.txt; the same file is its --token"
      })
  private @Nullable Path perfToken;

  @Option(
      names = "--control",
      paramLabel = "PORT",
      description = "on 127.0.0.1, to switch faults: curl -X PUT http://127.0.0.1:PORT/faults/busy")
  private int control = -1;

  static void run(String[] args) {
    int code = new CommandLine(new StagingCommand()).execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    StagingPool running;
    ControlPort door = null;
    try {
      List<StagingPool.MemberPorts> ports =
          members.stream().map(StagingPool.MemberPorts::parse).toList();
      running =
          StagingPool.start(
              new StagingPool.Settings(
                  directory, InetAddress.getByName(host), pool, names, ports, behaviour()));
      if (control >= 0) {
        door = new ControlPort(control, running.faults(), running.servers());
      }
    } catch (IllegalArgumentException e) {
      System.err.println("staging: " + e.getMessage());
      return 2;
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("staging: " + e.getMessage());
      return 1;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running), "stop"));
    announce(running, door);
    new CountDownLatch(1).await();
    return 0;
  }

  private Behaviour behaviour() throws IOException {
    Behaviour usual = Behaviour.DEFAULT;
    return new Behaviour(
        version,
        directorName,
        officeName,
        users.isEmpty() ? usual.users() : users,
        homes,
        pending,
        pendingMcx,
        Duration.ofSeconds(shortestPoll),
        perfToken == null ? null : Files.readString(perfToken).strip());
  }

  private void announce(StagingPool running, @Nullable ControlPort door) {
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
    if (door != null) {
      System.out.println(
          "  curl -X PUT http://%s/faults/busy    # -X DELETE to end it; /faults lists them, /status counts"
              .formatted(StagingPool.text(door.address())));
    }
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
