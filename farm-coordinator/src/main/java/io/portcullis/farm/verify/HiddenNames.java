package io.portcullis.farm.verify;

import io.portcullis.farm.model.LyncTopology;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

/// V16: names that are for the inside are nobody's outside, whatever address they are asked at ("Planning for simple URLs": the
/// admin URL is internal; `lyncdiscoverinternal` never leaves internal DNS).
final class HiddenNames {
  private final LyncTopology lync;
  private final Asking asking;
  private final Consumer<Finding> out;

  HiddenNames(Plan plan, Asking asking, Consumer<Finding> out) {
    this.lync = plan.lync();
    this.asking = asking;
    this.out = out;
  }

  void run() {
    for (String domain : lync.sipDomains()) {
      for (String label : new String[] {"admin", "lyncdiscoverinternal"}) {
        hidden(label + "." + domain.toLowerCase(Locale.ROOT));
      }
    }
  }

  /// Asked under a name that is published, since no certificate names these.
  private void hidden(String host) {
    String subject = "https://" + host + "/";
    try (Line line = asking.line(lync.pools().getFirst().externalFqdn())) {
      Reply reply = line.askForStatus("GET", "/", host);
      boolean refused = reply.fromNode() || reply.status() == 404 || reply.status() == 421;
      out.accept(
          refused
              ? Finding.ok("V16", asking.place(), subject, "", "refused")
              : Finding.failed(
                  "V16",
                  asking.place(),
                  subject,
                  "",
                  Diagnosis.INTERNAL_NAME_EXPOSED,
                  Contents.summary(reply)));
    } catch (IOException e) {
      out.accept(Finding.ok("V16", asking.place(), subject, "", "refused"));
    } catch (Trouble e) {
      out.accept(
          Finding.failed("V16", asking.place(), subject, "", e.diagnosis(), e.detail())
              .following());
    }
  }
}
