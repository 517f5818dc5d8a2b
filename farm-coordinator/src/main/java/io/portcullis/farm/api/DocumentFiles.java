package io.portcullis.farm.api;

import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Pool.PoolTls;
import io.portcullis.farm.model.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts the files that came with a document in the place of their names: trust bundles into pools and orders.
final class DocumentFiles {
  private final Map<String, String> files;
  private final Instant now;
  private final List<Problem> problems = new ArrayList<>();

  DocumentFiles(Map<String, String> files, Instant now) {
    this.files = files;
    this.now = now;
  }

  /// What was missing or unusable so far.
  List<Problem> problems() {
    return problems;
  }

  /// The text of a file the document names at `path`; null, and a problem, if it did not come along.
  @Nullable String text(String path, String file) {
    String text = files.get(file);
    if (text == null) {
      problems.add(
          Problem.error(
              path,
              "the file " + file + " was not sent with the document",
              "put it where the document says, relative to the document, and apply again"));
    }
    return text;
  }

  FarmConfig withTrust(FarmConfig config) {
    List<Pool> pools = new ArrayList<>();
    for (int i = 0; i < config.pools().size(); i++) {
      Pool pool = config.pools().get(i);
      pools.add(pool.withTls(withTrust("pools[" + i + "].tls", pool.tls())));
    }
    return new FarmConfig(
        config.farm(),
        config.listeners(),
        certificates(config.certificates()),
        pools,
        config.rules(),
        config.hosts(),
        withTrust(config.lync()),
        config.virtualAddresses());
  }

  private List<CertificateRef> certificates(List<CertificateRef> references) {
    List<CertificateRef> all = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      Acme acme = references.get(i).acme();
      all.add(
          acme == null
              ? references.get(i)
              : references
                  .get(i)
                  .withAcme(
                      acme.withTrust(
                          bundle("certificates[" + i + "].acme", acme.trustFile(), acme.trust()))));
    }
    return all;
  }

  private @Nullable LyncTopology withTrust(@Nullable LyncTopology lync) {
    if (lync == null) {
      return null;
    }
    List<WebPool> pools = new ArrayList<>();
    for (int i = 0; i < lync.pools().size(); i++) {
      WebPool pool = lync.pools().get(i);
      pools.add(withTrust("lync.pools[" + i + "]", pool));
    }
    WebPool director = lync.director();
    WebPool office = lync.officeWebApps();
    return new LyncTopology(
        lync.version(),
        lync.sipDomains(),
        director == null ? null : withTrust("lync.director", director),
        pools,
        lync.simpleUrls(),
        office == null ? null : withTrust("lync.officeWebApps", office),
        lync.httpAutodiscover(),
        lync.listenerHttps(),
        lync.listenerHttp());
  }

  private WebPool withTrust(String path, WebPool pool) {
    return pool.withTls(withTrust(path + ".tls", pool.tls()));
  }

  private @Nullable PoolTls withTrust(String path, @Nullable PoolTls tls) {
    if (tls == null) {
      return null;
    }
    String trust = bundle(path, tls.trustFile(), tls.trust());
    return new PoolTls(tls.serverName(), null, trust, tls.minVersion());
  }

  private @Nullable String bundle(String path, @Nullable String file, @Nullable String inline) {
    String trust = file == null ? inline : text(path + ".trustFile", file);
    if (trust != null) {
      problems.addAll(
          CertificateChecks.trust(path + (file == null ? ".trust" : ".trustFile"), trust, now));
    }
    return trust;
  }
}
