package io.portcullis.farm.server;

import io.portcullis.farm.identity.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// The committed members of the ensemble, from which a member always starts.
///
/// ZooKeeper's embedded server starts from a configuration file with a random name and so does not find its own dynamic
/// configuration again; a member that then started from its first-boot list could form a quorum of one and lose acknowledged writes. So
/// the list is kept in a file of ours, `members`, whenever ZooKeeper changes it; and because a process may die between the change and the
/// file, ZooKeeper's own log is asked as well. The newer of the two counts.
///
/// A member that was always alone has no file: nobody else talks to it, so its quorum ports are on the loopback and new at each start,
/// and no port that another program took meanwhile can keep a farm from starting.
///
/// @param lines `server.<id>=<host>:<quorum port>:<election port>:participant`, without client ports: clients use TLS only
/// @param version ZooKeeper's, 0 until the others have agreed to this member
public record MemberList(int myId, List<String> lines, long version) {
  private static final String FILE = "members";
  private static final String MY_ID = "data/myid";
  private static final String SERVER = "server.";
  private static final String VERSION = "version=";
  private static final int FIRST = 1;

  public MemberList {
    lines = List.copyOf(lines);
  }

  /// The list to start from, before ZooKeeper does.
  ///
  /// @throws StartFailed if this member was removed from the ensemble
  static MemberList open(Path directory) throws IOException, StartFailed {
    Path myId = directory.resolve(MY_ID);
    int id = Files.exists(myId) ? Integer.parseInt(Files.readString(myId).strip()) : FIRST;
    MemberList kept = read(directory, id);
    MemberList logged = parse(id, CommittedMembers.in(directory.resolve("data")));
    boolean alwaysAlone = kept.lines.isEmpty() && logged.lines.size() <= 1 && logged.isIn(id);
    if (alwaysAlone || (kept.lines.isEmpty() && logged.lines.isEmpty())) {
      return alone(directory, id);
    }
    MemberList chosen = logged.counts(kept) ? logged : kept;
    if (!chosen.isIn(id)) {
      throw new StartFailed(
          "this coordinator was removed from its farm",
          "join again with another token and an empty --state DIR; this one can be deleted");
    }
    return chosen;
  }

  /// Whether this list, from ZooKeeper's log, is to be believed rather than the one in the file.
  ///
  /// Not while there is only this member, whose address changes at its own will; and not while it has yet to become a member, when it logs what
  /// the others agreed on before.
  private boolean counts(MemberList kept) {
    boolean onlyMe = kept.isOnly(myId) && isOnly(myId);
    boolean notYet = kept.version == 0 && !isIn(myId);
    return version > kept.version && !onlyMe && !notYet;
  }

  private boolean isIn(int id) {
    return lines.stream().anyMatch(line -> line.startsWith(SERVER + id + "="));
  }

  private boolean isOnly(int id) {
    return lines.size() == 1 && isIn(id);
  }

  /// Whether this directory has been a member before.
  public static boolean exists(Path directory) {
    return Files.exists(directory.resolve(MY_ID));
  }

  /// The line of this member.
  public String own() {
    return lines.stream()
        .filter(line -> line.startsWith(SERVER + myId + "="))
        .findFirst()
        .orElseThrow();
  }

  /// Whether the file has a member's line.
  public static boolean keeps(Path directory, String line) throws IOException {
    return read(directory, FIRST).lines.contains(line);
  }

  /// Whether other members know where this one is.
  public static boolean isOpen(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  private static MemberList read(Path directory, int id) throws IOException {
    Path file = directory.resolve(FILE);
    return Files.exists(file)
        ? parse(id, Files.readString(file))
        : new MemberList(id, List.of(), 0);
  }

  private static MemberList parse(int id, String text) {
    List<String> lines = new ArrayList<>();
    long version = 0;
    for (String line : text.split("\\R")) {
      if (line.startsWith(SERVER)) {
        lines.add(line.strip());
      } else if (line.startsWith(VERSION)) {
        version = Long.parseLong(line.substring(VERSION.length()).strip(), 16);
      }
    }
    return new MemberList(id, lines, version);
  }

  /// Keeps the list for the next start.
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("data"));
    SecretFiles.write(directory.resolve(MY_ID), myId + "\n");
    String text = String.join("\n", lines) + "\n" + VERSION + Long.toHexString(version) + "\n";
    SecretFiles.write(directory.resolve(FILE), text);
  }

  private static MemberList alone(Path directory, int id) throws IOException {
    Files.createDirectories(directory.resolve("data"));
    SecretFiles.write(directory.resolve(MY_ID), id + "\n");
    List<Integer> ports = FreePort.some(2);
    return new MemberList(id, List.of(line(id, "127.0.0.1", ports.getFirst(), ports.getLast())), 0);
  }

  /// A member as ZooKeeper writes it.
  public static String line(int id, String host, int quorumPort, int electionPort) {
    String address = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return "%s%d=%s:%d:%d:participant".formatted(SERVER, id, address, quorumPort, electionPort);
  }

  void addTo(Properties configuration) {
    for (String line : lines) {
      int equals = line.indexOf('=');
      configuration.put(line.substring(0, equals), line.substring(equals + 1));
    }
  }
}
