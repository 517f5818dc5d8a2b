package io.portcullis.perf.staging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Office Web Apps: WOPI discovery with its placeholders, and everything below it as an echo, so that its ugly URLs can be
/// seen to arrive as they were sent.
final class OfficeSite {
  private OfficeSite() {}

  static @Nullable Answer answer(Exchange exchange) throws IOException {
    if (!exchange.request().path().equals("/hosting/discovery")) {
      return null;
    }
    exchange.body().drain();
    String name =
        exchange.has(Fault.OFFICE_LINKS_INTERNAL)
            ? exchange.server().name()
            : exchange.server().externalName();
    return Answer.bytes(
        200,
        "text/xml; charset=utf-8",
        """
        <?xml version="1.0" encoding="utf-8"?><wopi-discovery><net-zone name="external-https"><app name="PowerPoint">\
        <action name="present" ext="pptx" urlsrc="https://%1$s/m/Presenter.aspx?a=0&amp;e=true&amp;&lt;fs=FULLSCREEN&amp;&gt;&lt;rec=RECORDING&amp;&gt;"/>\
        <action name="attend" ext="pptx" urlsrc="https://%1$s/m/ParticipantFrame.aspx?a=0&amp;e=true&amp;&lt;fs=FULLSCREEN&amp;&gt;"/>\
        </app></net-zone></wopi-discovery>
        """
            .formatted(name)
            .getBytes(StandardCharsets.UTF_8));
  }
}
