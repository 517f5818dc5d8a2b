package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.TlsVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Collects the certificates of one listener in their order: the first is the default, and the first with a name has it.
final class ServerNamesBuilder {

  private final TlsContexts tls;
  private final TlsVersion floor;
  private final Map<String, SslContext> exact = new HashMap<>();
  private final Map<String, SslContext> wildcard = new HashMap<>();
  private final List<SslContext> all = new ArrayList<>();

  ServerNamesBuilder(TlsContexts tls, TlsVersion floor) {
    this.tls = tls;
    this.floor = floor;
  }

  void add(ServerCertificate certificate, String path, Consumer<Problem> problems) {
    try {
      SslContext context = tls.server(certificate, floor);
      all.add(context);
      for (String name : certificate.names()) {
        boolean any = name.startsWith("*.");
        (any ? wildcard : exact).putIfAbsent(any ? name.substring(2) : name, context);
      }
    } catch (SSLException | IllegalArgumentException e) {
      problems.accept(
          Problem.error(
              path + ".certificates",
              "certificate \"%s\" cannot serve TLS: %s"
                  .formatted(certificate.name(), e.getMessage()),
              "use an RSA key of 2048 bits or more, or an EC key on P-256 or P-384"));
    }
  }

  /// @return null if nothing could be added
  @Nullable ServerNames build() {
    return all.isEmpty() ? null : new ServerNames(exact, wildcard, all.getFirst(), all);
  }
}
