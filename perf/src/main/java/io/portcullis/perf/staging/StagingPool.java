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

/// A stand-in Lync pool: Front End servers that answer what the node under test should have sent them.
///
/// Embedded by tests (`start`, ports 0), run on its own by `main`. The pool's CA lies in the directory and survives restarts;
/// member certificates are issued anew at each start and never touch the disk.
public final class StagingPool implements AutoCloseable {

  public static final String DEFAULT_POOL_NAME = "pool01.contoso.local";
  public static final String DEFAULT_EXTERNAL_NAME = "webext01.contoso.com";

  private final LabAuthority authority;
  private final Path trustFile;
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
      List<MemberPorts> members) {
    public Settings {
      externalNames =
          externalNames.isEmpty() ? List.of(DEFAULT_EXTERNAL_NAME) : List.copyOf(externalNames);
      members = List.copyOf(members);
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

  /// @param https TLS port, 0 asks the system for one
  /// @param http clear port, likewise
  public record MemberPorts(String name, int https, int http) {

    /// Reads `NAME=HTTPS_PORT:HTTP_PORT`.
    public static MemberPorts parse(String text) {
      var match =
          java.util.regex.Pattern.compile("([A-Za-z0-9.-]+)=([0-9]{1,5}):([0-9]{1,5})")
              .matcher(text);
      if (!match.matches()) {
        throw new IllegalArgumentException(
            "a member is NAME=HTTPS_PORT:HTTP_PORT, for example fe1.contoso.local=4443:8080, not \""
                + text
                + "\"");
      }
      return new MemberPorts(match.group(1), port(match.group(2)), port(match.group(3)));
    }

    private static int port(String digits) {
      int port = Integer.parseInt(digits);
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
    Answers answers = new Answers(new Answers.Autodiscover(settings.externalNames().getFirst()));
    try {
      for (MemberPorts ports : settings.members()) {
        Set<String> names = new LinkedHashSet<>(List.of(settings.poolName(), ports.name()));
        names.addAll(settings.externalNames());
        ServerIdentity identity = authority.issue(List.copyOf(names));
        pool.members.add(StagingMember.start(ports, settings.host(), identity, answers));
      }
    } catch (IOException | GeneralSecurityException e) {
      pool.close();
      throw e;
    }
    return pool;
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

  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  public static void main(String[] args) {
    StagingCommand.run(args);
  }
}
