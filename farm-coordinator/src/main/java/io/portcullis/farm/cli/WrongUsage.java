package io.portcullis.farm.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// A command line that cannot be understood: what is wrong with it, what it probably meant, where to read on.
final class WrongUsage {
  private WrongUsage() {}

  static int explain(ParameterException wrong, Terminal terminal) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    terminal.complain(words(wrong), suggestion(wrong, name));
    return CommandFailure.WRONG_USAGE;
  }

  private static String words(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().getFirst();
      String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
      return word.startsWith("-")
          ? command + " has no option " + word
          : wrong.getCommandLine().getSubcommands().isEmpty()
              ? command + " takes no further argument " + word
              : command + " has no command " + word;
    }
    if (String.valueOf(wrong.getMessage()).startsWith("Missing required subcommand")) {
      return wrong.getCommandLine().getCommandSpec().qualifiedName()
          + " what? "
          + String.join(", ", wrong.getCommandLine().getSubcommands().keySet());
    }
    String message = wrong.getMessage();
    return message == null ? "this cannot be understood" : message;
  }

  private static String suggestion(ParameterException wrong, String name) {
    List<String> near =
        wrong instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions().stream().limit(1).toList()
            : List.of();
    String help = "\"" + name + " --help\" shows what it takes";
    return near.isEmpty() ? help : "did you mean " + near.getFirst() + "? " + help;
  }
}
