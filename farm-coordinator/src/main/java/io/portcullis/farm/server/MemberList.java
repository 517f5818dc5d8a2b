package io.portcullis.farm.server;

import io.portcullis.farm.identity.SecretFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// The committed members of the ensemble, in a file of our own, from which a member always starts.
///
/// ZooKeeper's embedded server starts from a configuration file with a random name and so does not find its own dynamic
/// configuration again; a member that then started from its first-boot list could form a quorum of one and lose
/// acknowledged writes.
///
/// @param lines `server.<id>=<host>:<quorum port>:<election port>:participant`, without client ports: clients use TLS only
record MemberList(int myId, List<String> lines) {
  MemberList {
    lines = List.copyOf(lines);
  }

  /// The list in `directory`, or that of a first member alone.
  ///
  /// Nobody else talks to a member that is alone, so its quorum ports are on the loopback and new at each start: no port that another
  /// program took meanwhile can keep a farm from starting.
  static MemberList open(Path directory) throws IOException {
    Path file = directory.resolve("members");
    List<String> lines = new ArrayList<>();
    if (Files.exists(file)) {
      Files.readAllLines(file).stream()
          .filter(line -> line.startsWith("server."))
          .forEach(lines::add);
    }
    if (lines.size() > 1) {
      int myId = Integer.parseInt(Files.readString(directory.resolve("data/myid")).strip());
      return new MemberList(myId, lines);
    }
    MemberList alone = alone();
    Files.createDirectories(directory.resolve("data"));
    SecretFiles.write(directory.resolve("data/myid"), alone.myId() + "\n");
    SecretFiles.write(file, String.join("\n", alone.lines()) + "\n");
    return alone;
  }

  private static MemberList alone() throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (ServerSocket quorum = new ServerSocket(0, 1, loopback);
        ServerSocket election = new ServerSocket(0, 1, loopback)) {
      return new MemberList(
          1,
          List.of(
              "server.1=127.0.0.1:%d:%d:participant"
                  .formatted(quorum.getLocalPort(), election.getLocalPort())));
    }
  }

  void addTo(Properties configuration) {
    for (String line : lines) {
      int equals = line.indexOf('=');
      configuration.put(line.substring(0, equals), line.substring(equals + 1));
    }
  }
}
