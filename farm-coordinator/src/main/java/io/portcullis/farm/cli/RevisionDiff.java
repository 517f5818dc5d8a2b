package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import java.util.List;

/// What differs between two revisions, a line each, as the farm ran them.
///
/// @param from 0 = the empty farm before the first
record RevisionDiff(long from, long to, List<String> changes) {

  static RevisionDiff between(Operator operator, long from, long to)
      throws AdminException, CommandFailure {
    return new RevisionDiff(
        from, to, FarmDocuments.diff(config(operator, from), config(operator, to)));
  }

  private static FarmConfig config(Operator operator, long revision)
      throws AdminException, CommandFailure {
    if (revision == 0) {
      String farm = operator.client().farm();
      return new FarmConfig(farm, List.of(), List.of(), List.of(), List.of(), List.of(), null);
    }
    return switch (FarmDocuments.decode(
        operator.client().revision(revision).expanded(), "revision " + revision)) {
      case Decoded.Accepted accepted -> accepted.config();
      case Decoded.Refused _ ->
          throw CommandFailure.notFine(
              "this release does not understand revision " + revision,
              "\"farmctl get source " + revision + "\" shows what was typed");
    };
  }

  String text(boolean colour) {
    return changes.isEmpty()
        ? "no difference between revision %d and revision %d\n".formatted(from, to)
        : Proposal.lines(changes, colour);
  }
}
