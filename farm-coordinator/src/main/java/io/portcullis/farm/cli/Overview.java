package io.portcullis.farm.cli;

import java.util.stream.Collectors;

/// What there is, by what an operator wants to do; the launcher's own programs included.
final class Overview {
  static final String TEXT =
      """
      farmctl: the one command of a Portcullis farm. By example:

      Try it
        demo                                        a whole farm on this machine
        test                                        run every test of this checkout

      Start the parts
        coordinator run --state /srv/c --farm edge  the control plane
        coordinator run ... --zookeeper-connect ZK  on an ensemble that is there
        node run --state /srv/n --join TOKEN        a node of the farm
        node run --file farm.yaml                   one node, no coordinator
        staging run --dir p --member fe1=4443:8080  stand-in Front Ends

      Let machines and people in
        token create --role operator --valid 1h     a one-time token
        join portcullis1.eyJj...                    become what the token says
        token create --role coordinator             one more for the control plane
        coordinator run --state /srv/c --join TOKEN the same, on its machine
        operator add --role viewer                  a token for a person who looks
        operator list, operator revoke alice        who may do what; who may no longer
        node remove edge2                           take a node out
        coordinator remove c3                       take a coordinator out

      Take out of service, and back
        member drain pool01/fe1 --for 1h            keeps its sources, no new ones
        node drain edge2                            finishes what runs, then idles
        member resume pool01/fe1, node resume edge2
        tickets rotate                              new session-ticket keys now

      Keep it
        backup edge.backup                          the whole farm, sealed
        restore edge.backup --state /srv/c          a new farm out of it
        upgrade new.bundle                          on an appliance; back if it is bad
        farm-key rotate                             after a node was removed
        farm-key status                             how far that is, who is waited for
        farm-ca rotate                              another CA, new identities for all
        farm-ca status, farm-ca finish              who is waited for; go without

      Publish
        apply farm.yaml --reason "new pool"         make it the next revision
        apply farm.yaml --dry-run                   check it, change nothing
        apply farm.yaml --confirm-within 5m         goes back by itself, unless
        confirm                                     it is fine, it stays
        apply farm.yaml --canary edge1              one node first, then the others
        diff farm.yaml                              what it would change
        lync rules --file farm.yaml                 what a topology becomes
        lync dns --file farm.yaml                   the records it needs
        lync csr --file farm.yaml contoso           a key in the farm, and its request
        certificate import contoso answer.pem       what the authority answered
        certificate list                            names, days left, rules
        import arr applicationHost.config           a document out of an ARR server
        history                                     who changed what, and why
        history 7, diff 5 7                         what revision 7 changed; 5 to 7
        audit --verify                              who did what; is it all there?
        rollback 6 --reason "meet was down"         go back to revision 6

      Look
        verify --node edge1=203.0.113.10            do the published services work?
        status --watch                              the farm on one screen
        get pools pool01 --output json              one kind of thing; get KIND:
                                                    config, source, listeners, rules,
                                                    pools, certificates, nodes,
                                                    revisions
        bindings --source 192.0.2.7                 which member owns which source
        explain 192.0.2.7 https://meet.contoso.com/ who would serve it, and why
        explain ... --file farm.yaml                the same, asking nobody
        support-bundle                              on an appliance, without secrets
        train                                       practise, and start sooner

      Measure, before users do
        perf load --target https://... --allow HOST load at a rate that does not wait
        perf staging --target ... --baseline FILE   worse than before?
        perf compare                                beside nginx and HAProxy
        perf bindings                               what the shared bindings carry

      About farmctl
        help apply                                  what one command takes
        completion bash                             source it; for bash or zsh
        version                                     of farmctl and of Java

      Every command takes --identity FILE, --output table|json|yaml and --help.
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
