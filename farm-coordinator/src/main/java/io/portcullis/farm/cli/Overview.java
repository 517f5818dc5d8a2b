package io.portcullis.farm.cli;

import java.util.stream.Collectors;

/// What there is, by what an operator wants to do; the launcher's own programs included.
final class Overview {
  static final String TEXT =
      """
      farmctl: the one command of a Portcullis farm

      Try it
        demo                     a farm with a stand-in pool on this machine   farmctl demo
        test                     run every test of this checkout               farmctl test

      Start the parts
        coordinator run          the control plane          farmctl coordinator run --state /srv/c --farm edge
        node run                 a proxy node of the farm   farmctl node run --state /srv/n --join TOKEN
        node run --file          one node, no coordinator   farmctl node run --file farm.yaml
        staging run              stand-in Front Ends        farmctl staging run --dir p --member fe1=4443:8080

      Let machines and people in
        token create             a one-time token           farmctl token create --role operator --valid 1h
        join TOKEN               become a node or operator  farmctl join portcullis1.eyJj...
        node remove NAME         take a node out            farmctl node remove edge2

      Publish
        apply FILE               make a document the farm's farmctl apply farm.yaml --reason "new pool"
        apply FILE --dry-run     check it, change nothing   farmctl apply farm.yaml --dry-run
        diff FILE                what it would change       farmctl diff farm.yaml
        lync rules --file FILE   what a topology becomes    farmctl lync rules --file farm.yaml
        history                  who changed what, and why  farmctl history
        rollback N               go back to revision N      farmctl rollback 6 --reason "meet was down"

      Look
        status [--watch]         the farm on one screen     farmctl status --watch
        get KIND [NAME]          config, source, listeners, rules, pools, certificates, nodes,
                                 revisions                  farmctl get pools pool01 --output json

      About farmctl
        help [COMMAND]           this, or one command       farmctl help apply
        completion bash|zsh      for your shell             source <(farmctl completion bash)
        version

      Every command takes --identity FILE (who you are), --output table|json|yaml and --help.
      Exit codes: 0 fine, 1 not fine, 2 wrong usage, 3 farm unreachable.
      """;

  private Overview() {}

  /// The lines about a program that the launcher starts itself.
  static String line(String words) {
    return TEXT.lines()
        .filter(line -> line.startsWith("  " + words + " "))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
