package io.portcullis.farm.cli;

import io.portcullis.farm.verify.Finding;
import java.util.function.Consumer;

/// One line that changes while checks run, for who watches; nothing for a file.
final class VerifyProgress implements Consumer<Finding> {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Terminal terminal;
  private int asked;

  VerifyProgress(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void accept(Finding finding) {
    asked++;
    if (terminal.live()) {
      String line = "%d checks; %s %s".formatted(asked, finding.place(), finding.subject());
      terminal.err().print(CLEAR_LINE + Text.cut(Text.safe(line), terminal.width() - 1));
      terminal.err().flush();
    }
  }

  void end() {
    if (terminal.live()) {
      terminal.err().print(CLEAR_LINE);
      terminal.err().flush();
    }
  }
}
