package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.TlsVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Collects the certificates of one listener in their order: the first is the default, and of each kind of key the first with a name
/// has it.
final class ServerNamesBuilder {

  private final TlsContexts tls;
  private final TlsVersion floor;
  private final boolean http2;
  private final Map<String, NameIdentities> exact = new HashMap<>();
  private final Map<String, NameIdentities> wildcard = new HashMap<>();
  private final List<ServerIdentity> all = new ArrayList<>();
  private @Nullable NameIdentities fallback;
  private List<String> namesOfTheFirst = List.of();

  /// @param http2 some rule of the listener offers HTTP/2
  ServerNamesBuilder(TlsContexts tls, TlsVersion floor, boolean http2) {
    this.tls = tls;
    this.floor = floor;
    this.http2 = http2;
  }

  void add(ServerCertificate certificate, String path, Consumer<Problem> problems) {
    try {
      ServerIdentity identity = tls.server(certificate, floor, http2);
      all.add(identity);
      List<String> names = certificate.names();
      addToFallback(identity, names);
      for (String name : names) {
        boolean any = name.startsWith("*.");
        (any ? wildcard : exact)
            .merge(
                any ? name.substring(2) : name,
                NameIdentities.of(identity),
                (known, _) -> known.with(identity));
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

  /// The default may have a twin of the other kind, but only one that is good for the same names.
  private void addToFallback(ServerIdentity identity, List<String> names) {
    NameIdentities known = fallback;
    if (known == null) {
      fallback = NameIdentities.of(identity);
      namesOfTheFirst = names;
    } else if (names.containsAll(namesOfTheFirst)) {
      fallback = known.with(identity);
    }
  }

  /// @return null if nothing could be added
  @Nullable ServerNames build() {
    NameIdentities whoever = fallback;
    return whoever == null ? null : new ServerNames(exact, wildcard, whoever, all);
  }
}
