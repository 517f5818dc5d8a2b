package io.portcullis.farm.leader;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which nodes would let an authority down that came to look now.
final class Answering {
  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  private Answering() {}

  /// Nodes that do not have these challenges, or whose listeners are not those of the newest revision yet.
  static List<String> without(long challenges, long revision, Map<String, String> reports) {
    List<String> without = new ArrayList<>();
    reports.forEach((id, report) -> {
      try {
        Wire.NodeStatus status =
            WireJson.read(report.getBytes(StandardCharsets.UTF_8), Wire.NodeStatus.class);
        Wire.Standing standing = status.standing();
        boolean settled = status.appliedRevision() >= revision || status.rejected() != null;
        if (!settled || standing == null || standing.challenges() != challenges) {
          without.add(id);
        }
      } catch (IOException e) {
        LOG.debug("the report of node {} is not understood", id, e);
        without.add(id);
      }
    });
    return without;
  }
}
