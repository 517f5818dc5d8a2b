package io.portcullis.farm.ensemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.store.FarmStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The coordinator that leads is frozen whole, with its member of the ensemble, and thaws when another leads.
@ExtendWith(LastWords.class)
class FrozenLeaderTest {
  private static final Pattern LEADS = Pattern.compile("leads in term (\\d+)");

  @TempDir Path directory;

  /// The newest term that a coordinator says it leads in; 0 before the first.
  private static int term(CoordinatorProcess one) {
    int term = 0;
    Matcher leads = LEADS.matcher(one.output());
    while (leads.find()) {
      term = Integer.parseInt(leads.group(1));
    }
    return term;
  }

  private static CoordinatorProcess leader(List<CoordinatorProcess> among) {
    return among.stream()
        .max((a, b) -> Integer.compare(term(a), term(b)))
        .filter(one -> term(one) > 0)
        .orElseThrow();
  }

  private static long apply(AdminClient operator, int number, long confirmSeconds)
      throws AdminException {
    String document =
        """
        farm: contoso-edge
        listeners:
          - {name: http, bind: "0.0.0.0:80"}
        rules:
          - {name: hello, listener: http, publicNames: [n%d.contoso.com], respond: 200}
        """
            .formatted(number);
    return operator
        .apply(
            new Wire.ApplyRequest(
                document, Map.of(), null, "a test", new Wire.Care(confirmSeconds, null)),
            false)
        .revision();
  }

  @Test
  void anotherLeadsAndTheOneThatThawsWritesNothingAsLeader() throws Exception {
    try (ThreeCoordinators farm = ThreeCoordinators.three(directory)) {
      Eventually.until(
          "somebody does the chores", () -> farm.members.stream().anyMatch(one -> term(one) > 0));
      CoordinatorProcess frozen = leader(farm.members);
      int before = term(frozen);
      List<CoordinatorProcess> others = farm.members.stream().filter(one -> one != frozen).toList();
      try (AdminClient operator = others.getFirst().operator();
          FarmStore store = farm.store(others.getFirst())) {
        assertThat(apply(operator, 1, 0)).isEqualTo(1);
        // It has this to undo when it wakes, if it still led.
        assertThat(apply(operator, 2, 5)).isEqualTo(2);
        frozen.signal("STOP");
        Eventually.until(
            "another does the chores", () -> others.stream().anyMatch(one -> term(one) > before));
        Eventually.until(
            "the new leader goes back to what was confirmed",
            () -> store.revisions().current() == 3);
        Eventually.until(
            "a change is made without the frozen one", () -> apply(operator, 4, 0) == 4);
        CoordinatorProcess next = leader(others);
        int led = term(next);
        frozen.signal("CONT");
        Eventually.until(
            "it is back",
            () ->
                operator.status().coordinators().stream()
                    .allMatch(one -> one.state().equals("up")));
        assertThat(apply(operator, 5, 0)).isEqualTo(5);
        long ring = operator.rotateTickets().generation();
        Eventually.until(
            "the leader's next chore is done", () -> store.tickets().read().generation() > ring);
        assertThat(store.revisions().current()).as("nothing is undone twice").isEqualTo(5);
        assertThat(operator.revisions().stream().map(Wire.RevisionSummary::revision))
            .containsExactly(5L, 4L, 3L, 2L, 1L);
        assertThat(store.audit().verify()).isEmpty();
        assertThat(operator.audit().entries())
            .as("one coordinator went back, once")
            .filteredOn(entry -> entry.what().startsWith("revision 3: "))
            .hasSize(1);
        assertThat(term(next)).isEqualTo(led);
        assertThat(term(frozen)).as("it leads no more").isEqualTo(before);
      }
    }
  }
}
