package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.verify.Finding;
import io.portcullis.farm.verify.Plan;
import io.portcullis.farm.verify.SignIn;
import io.portcullis.farm.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `farmctl verify`: "Verify access through your reverse proxy", asked of every node and every member.
@Command(
    name = "verify",
    description = {
      "Ask every node from outside, and every member, whether the published Lync services work.",
      "Exit code 1 if anything failed. What follows from a failure told elsewhere is marked so."
    },
    footer = {
      "",
      "Example:  farmctl verify --node edge1=203.0.113.10 --node edge2=203.0.113.11",
      "          farmctl verify --file farm.yaml --node 127.0.0.1:8443:8080 --ca lab-ca.pem -o json"
    })
final class Verify implements Callable<Integer> {
  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";
  private static final long MAX_CA_BYTES = 4L << 20;

  private final Operator operator;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The document. Default: what the farm runs.")
  private @Nullable Path file;

  @Option(
      names = "--node",
      paramLabel = "[NAME=]ADDRESS[:HTTPS[:HTTP]]",
      description =
          "A node or virtual address as clients reach it; repeat for more. Default: the farm's nodes.")
  private List<String> nodes = new ArrayList<>();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Roots of the public certificate. Default: those of this system.")
  private @Nullable Path authority;

  @Mixin private VerifyDns dns = new VerifyDns();

  @Option(
      names = "--user",
      paramLabel = "DOMAIN\\\\NAME",
      description =
          "Who signs in by NTLM, at each member and through each node. Default: nobody, only the challenge is looked at.")
  private @Nullable String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "Where that user's password stands, readable by nobody else. Default: it is asked for.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--held",
      paramLabel = "PATH",
      description =
          "A path on the first pool that answers late (V18): /slow/1000 of a staging pool.")
  private @Nullable String held;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      description = "How long an answer may take. Default: 10s.")
  private Duration patience = Duration.ofSeconds(10);

  @Option(
      names = {"-w", "--watch"},
      description = "Again and again, until Ctrl-C.")
  private boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      description = "How often with --watch. Default: 1m.")
  private Duration interval = Duration.ofMinutes(1);

  private @Nullable SignIn signIn;

  Verify(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    signIn = user == null ? null : VerifyPassword.signIn(operator, user, passwordFile);
    if (!watch) {
      return show(find()) ? 0 : CommandFailure.NOT_FINE;
    }
    try {
      while (true) {
        List<Finding> findings = find();
        if (operator.terminal.live()) {
          operator.terminal.out().print(HOME_AND_CLEAR);
        }
        operator.tell(operator.terminal.time().instant().toString());
        show(findings);
        operator.terminal.pause().pass(interval);
      }
    } catch (InterruptedException e) {
      return 0;
    }
  }

  private List<Finding> find() throws AdminException, CommandFailure {
    LyncDocument document = LyncDocument.read(operator, file);
    Plan plan =
        new Plan(
            document.lync(),
            document.expanded(),
            entrances(document),
            publicTrust(),
            document.trust(),
            dns.of(document),
            VerifyDns::system,
            held,
            signIn,
            patience,
            operator.terminal.time());
    try {
      VerifyProgress progress = new VerifyProgress(operator.terminal);
      List<Finding> findings = new Verifier(plan).run(progress);
      progress.end();
      return findings;
    } catch (GeneralSecurityException e) {
      throw CommandFailure.notFine(
          "a trust bundle cannot be read: " + e.getMessage(),
          "it must hold PEM certificates: --ca, and trustFile of each pool");
    }
  }

  private boolean show(List<Finding> findings) {
    VerifyReport report = VerifyReport.of(findings);
    operator.answer(
        report, () -> report.text(operator.terminal.width(), operator.terminal.colour()));
    return report.fine();
  }

  private @Nullable String publicTrust() throws CommandFailure {
    if (authority == null) {
      return null;
    }
    Path named = operator.file(authority);
    try {
      if (Files.size(named) > MAX_CA_BYTES) {
        throw new IOException("it is larger than " + (MAX_CA_BYTES >> 20) + " MB");
      }
      return Files.readString(named);
    } catch (IOException e) {
      throw CommandFailure.wrongUsage(
          named + " cannot be read: " + e.getMessage(), "name a PEM file with --ca");
    }
  }

  private List<Plan.Entrance> entrances(LyncDocument document)
      throws AdminException, CommandFailure {
    List<Plan.Entrance> entrances = new ArrayList<>();
    for (String node : nodes) {
      entrances.add(VerifyEntrance.parse(node));
    }
    if (entrances.isEmpty()) {
      for (Wire.NodeStatus node : operator.client().status().nodes()) {
        entrances.add(VerifyEntrance.of(node, document));
      }
    }
    if (entrances.isEmpty()) {
      throw CommandFailure.wrongUsage(
          "the farm has no nodes to ask", "name one with --node ADDRESS, or join one");
    }
    return entrances;
  }
}
