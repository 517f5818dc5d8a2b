package io.portcullis.perf.staging;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A stand-in Lync pool: Front Ends, Directors and Office Web Apps servers as a reverse proxy meets them.
///
/// Embedded by tests (`start`, ports 0), run on its own by `main`. The pool's CA lies in the directory and survives restarts;
/// member certificates are issued anew at each start and never touch the disk.
public final class StagingPool implements AutoCloseable {

  public static final String DEFAULT_POOL_NAME = "pool01.contoso.local";
  public static final String DEFAULT_EXTERNAL_NAME = "webext01.contoso.com";

  private final LabAuthority authority;
  private final Path trustFile;
  private final Faults faults = new Faults();
  private final List<StagingMember> members = new ArrayList<>();

  private StagingPool(LabAuthority authority, Path trustFile) {
    this.authority = authority;
    this.trustFile = trustFile;
  }

  /// @param poolName internal FQDN of the pool, in every member's certificate
  /// @param externalNames further names in the certificates; the first is the one autodiscover links to
  public record Settings(
      Path directory,
      InetAddress host,
      String poolName,
      List<String> externalNames,
      List<MemberPorts> members,
      Behaviour behaviour) {
    public Settings {
      externalNames =
          externalNames.isEmpty() ? List.of(DEFAULT_EXTERNAL_NAME) : List.copyOf(externalNames);
      members = List.copyOf(members);
    }

    public Settings(
        Path directory,
        InetAddress host,
        String poolName,
        List<String> externalNames,
        List<MemberPorts> members) {
      this(directory, host, poolName, externalNames, members, Behaviour.DEFAULT);
    }

    public Settings with(Behaviour other) {
      return new Settings(directory, host, poolName, externalNames, members, other);
    }

    /// Two members on free loopback ports.
    public static Settings twoMembers(Path directory) {
      return new Settings(
          directory,
          InetAddress.getLoopbackAddress(),
          DEFAULT_POOL_NAME,
          List.of(),
          List.of(
              new MemberPorts("fe1.contoso.local", 0, 0),
              new MemberPorts("fe2.contoso.local", 0, 0)));
    }
  }

  /// One server and its ports; 0 asks the system for one.
  ///
  /// @param https TLS port of the external web site
  /// @param http clear port of the external web site
  /// @param internalHttps TLS port of the internal web site, -1 without one
  /// @param sip stands in for 5061, -1 without one
  public record MemberPorts(
      ServerRole role,
      String name,
      int https,
      int http,
      int internalHttps,
      int internalHttp,
      int sip) {

    private static final Pattern FORM =
        Pattern.compile(
            "(?:([a-z]+):)?([A-Za-z0-9.-]+)=([0-9]{1,5}):([0-9]{1,5})(?::([0-9]{1,5}):([0-9]{1,5})(?::([0-9]{1,5}))?)?");

    public MemberPorts(String name, int https, int http) {
      this(ServerRole.FRONT_END, name, https, http, -1, -1, -1);
    }

    /// Reads `[ROLE:]NAME=HTTPS_PORT:HTTP_PORT[:INTERNAL_HTTPS:INTERNAL_HTTP[:SIP]]`.
    public static MemberPorts parse(String text) {
      Matcher match = FORM.matcher(text);
      if (!match.matches()) {
        throw new IllegalArgumentException(
            "a member is [ROLE:]NAME=HTTPS_PORT:HTTP_PORT[:INTERNAL_HTTPS:INTERNAL_HTTP[:SIP]], for example"
                + " fe1.contoso.local=4443:8080, not \""
                + text
                + "\"");
      }
      String role = match.group(1);
      return new MemberPorts(
          role == null ? ServerRole.FRONT_END : ServerRole.of(role),
          match.group(2),
          port(match.group(3)),
          port(match.group(4)),
          port(match.group(5)),
          port(match.group(6)),
          port(match.group(7)));
    }

    boolean hasInternalSite() {
      return internalHttps >= 0;
    }

    private static int port(@Nullable String digits) {
      int port = digits == null ? -1 : Integer.parseInt(digits);
      if (port > 65_535) {
        throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
      }
      return port;
    }
  }

  /// @throws IOException if a port is taken or the directory cannot be written, saying what to do
  public static StagingPool start(Settings settings) throws IOException, GeneralSecurityException {
    LabAuthority authority =
        LabAuthority.openOrCreate(settings.directory(), "pool-ca", "Contoso internal pool CA");
    StagingPool pool = new StagingPool(authority, settings.directory().resolve("pool-ca.pem"));
    WebTickets tickets = new WebTickets();
    try {
      for (MemberPorts ports : settings.members()) {
        pool.members.add(pool.member(settings, ports, tickets));
      }
    } catch (IOException | GeneralSecurityException e) {
      pool.close();
      throw e;
    }
    return pool;
  }

  private StagingMember member(Settings settings, MemberPorts ports, WebTickets tickets)
      throws IOException, GeneralSecurityException {
    Behaviour behaviour = settings.behaviour();
    String external =
        switch (ports.role()) {
          case FRONT_END -> settings.externalNames().getFirst();
          case DIRECTOR -> behaviour.directorName();
          case OFFICE -> behaviour.officeName();
        };
    Set<String> names = new LinkedHashSet<>(List.of(settings.poolName(), ports.name()));
    names.addAll(settings.externalNames());
    names.add(external);
    Server server =
        new Server(
            ports.name(),
            ports.role(),
            external,
            settings.poolName(),
            behaviour,
            faults,
            tickets,
            new Ucwa(behaviour),
            new Mcx(behaviour.mcxPendingLimit()),
            new AtomicReference<>(),
            new ConcurrentHashMap<>());
    MemberTls identity = new MemberTls(authority, List.copyOf(names));
    return StagingMember.start(server, identity, settings.host(), ports);
  }

  /// What is wrong with this pool; may be changed while it runs.
  public Faults faults() {
    return faults;
  }

  public List<StagingMember> members() {
    return List.copyOf(members);
  }

  /// PEM of the CA that issued the members' certificates: what a pool's `trustFile` names.
  public Path trustFile() {
    return trustFile;
  }

  public LabAuthority authority() {
    return authority;
  }

  @Override
  public void close() throws IOException {
    for (StagingMember member : members) {
      member.close();
    }
  }

  List<Server> servers() {
    return members.stream().map(StagingMember::server).toList();
  }

  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  public static void main(String[] args) {
    StagingCommand.run(args);
  }
}
