package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// Every command of an operator, in one list.
public final class Commands {
  private Commands() {}

  /// @return the exit code: 0 fine, 1 not fine, 2 wrong usage, 3 farm unreachable
  public static int run(String[] args, Terminal terminal, Joining joining, Restoring restoring) {
    try (Operator operator = new Operator(terminal)) {
      int code = commandLine(operator, joining, restoring).execute(args);
      terminal.out().flush();
      terminal.err().flush();
      return code;
    }
  }

  static CommandLine commandLine(Operator operator, Joining joining, Restoring restoring) {
    CommandLine farmctl =
        new CommandLine(new Root(operator))
            .addSubcommand(
                group("token", "Tokens that let machines and people in.")
                    .addSubcommand(new TokenCreate(operator)))
            .addSubcommand(new JoinFarm(operator, joining))
            .addSubcommand(new Apply(operator))
            .addSubcommand(new Confirm(operator))
            .addSubcommand(new Diff(operator))
            .addSubcommand(new Status(operator))
            .addSubcommand(new Get(operator))
            .addSubcommand(new History(operator))
            .addSubcommand(new Rollback(operator))
            .addSubcommand(new Audit(operator))
            .addSubcommand(
                group("farm-key", "The key that seals the farm's secrets.")
                    .addSubcommand(new FarmKeyRotate(operator))
                    .addSubcommand(new FarmKeyStatus(operator)))
            .addSubcommand(
                group("farm-ca", "The CA that says who belongs to the farm.")
                    .addSubcommand(new FarmCaRotate(operator))
                    .addSubcommand(new FarmCaStatus(operator))
                    .addSubcommand(new FarmCaFinish(operator)))
            .addSubcommand(new Backup(operator))
            .addSubcommand(new Restore(operator, restoring))
            .addSubcommand(
                group("member", "Members of pools.")
                    .addSubcommand(new MemberDrain(operator))
                    .addSubcommand(new MemberResume(operator)))
            .addSubcommand(
                group("node", "Nodes of the farm.")
                    .addSubcommand(new NodeDrain(operator))
                    .addSubcommand(new NodeResume(operator))
                    .addSubcommand(new NodeRemove(operator)))
            .addSubcommand(
                group("operator", "People, and what each may do.")
                    .addSubcommand(new OperatorAdd(operator))
                    .addSubcommand(new OperatorList(operator))
                    .addSubcommand(new OperatorRevoke(operator)))
            .addSubcommand(
                group("tickets", "Keys of TLS session tickets.")
                    .addSubcommand(new TicketsRotate(operator)))
            .addSubcommand(
                group("coordinator", "Coordinators of the farm.")
                    .addSubcommand(new CoordinatorRemove(operator)))
            .addSubcommand(
                new CommandLine(new Bindings(operator))
                    .addSubcommand(new Bindings.Delete(operator))
                    .addSubcommand(new Bindings.Export(operator)))
            .addSubcommand(
                group("lync", "What a Lync topology becomes.")
                    .addSubcommand(new LyncRules(operator))
                    .addSubcommand(new LyncDns(operator))
                    .addSubcommand(new CertificateRequest(operator)))
            .addSubcommand(
                group("certificate", "Certificates of public names.")
                    .addSubcommand("request", new CertificateRequest(operator))
                    .addSubcommand(new CertificateImport(operator))
                    .addSubcommand(new CertificateList(operator)))
            .addSubcommand(
                group("import", "Documents out of what other proxies were configured with.")
                    .addSubcommand(new ImportArr(operator)))
            .addSubcommand(new Verify(operator))
            .addSubcommand(new Completion(operator))
            .addSubcommand(new Version(operator))
            .addSubcommand(new Help(operator));
    return farmctl
        .registerConverter(Duration.class, Durations::parse)
        .registerConverter(Operator.Output.class, Words.converter(Operator.Output.class))
        .registerConverter(Get.Kind.class, Words.converter(Get.Kind.class))
        .registerConverter(TokenCreate.Role.class, Words.converter(TokenCreate.Role.class))
        .registerConverter(OperatorAdd.Role.class, Words.converter(OperatorAdd.Role.class))
        .registerConverter(Completion.Shell.class, Words.converter(Completion.Shell.class))
        .setUsageHelpWidth(Math.clamp(operator.terminal.width(), 60, 120))
        .setOut(operator.terminal.out())
        .setErr(operator.terminal.err())
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                operator.terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
        .setParameterExceptionHandler((wrong, _) -> WrongUsage.explain(wrong, operator.terminal))
        .setExecutionExceptionHandler((failure, _, _) -> explain(failure, operator.terminal));
  }

  private static int explain(Exception failure, Terminal terminal) {
    int code =
        switch (failure) {
          case AdminException admin -> {
            terminal.complain(admin.getMessage(), admin.hint());
            yield admin.exitCode();
          }
          case CommandFailure command -> {
            terminal.complain(String.valueOf(command.getMessage()), command.hint());
            yield command.exitCode();
          }
          default -> {
            terminal.complain(
                "unexpected: " + failure,
                "this is a fault of farmctl; PORTCULLIS_DEBUG=1 shows where it happened");
            yield CommandFailure.NOT_FINE;
          }
        };
    if (!terminal.environment().getOrDefault("PORTCULLIS_DEBUG", "").isEmpty()) {
      failure.printStackTrace(terminal.err());
    }
    terminal.err().flush();
    return code;
  }

  /// A word that only groups commands; alone, it is wrong usage.
  private static CommandLine group(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description);
    return new CommandLine(spec);
  }
}
