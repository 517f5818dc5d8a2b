package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Networks;
import io.portcullis.proxy.rule.RuleTable;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns a configuration into a snapshot, or into every reason why it cannot be one; never into half of one.
///
/// Pure but for the identity of what it makes: the same input gives equal rules, the same members for the same sources,
/// and reuses members and TLS contexts of the previous snapshot.
public final class SnapshotCompiler {

  private final CompilerInput input;
  private final FarmConfig config;
  private final List<Problem> problems = new ArrayList<>();
  private final TlsContexts tls;

  private SnapshotCompiler(CompilerInput input) {
    this.input = input;
    this.config = input.config();
    this.tls = new TlsContexts(input.previous());
  }

  public static Compilation compile(CompilerInput input) {
    return new SnapshotCompiler(input).compile();
  }

  /// The rules alone, by listener, with their pools in hand: what decides, without what encrypts. Problems are left to [#compile].
  public static Map<String, RuleTable> rules(CompilerInput input) {
    SnapshotCompiler compiler = new SnapshotCompiler(input);
    Map<String, Bind> binds = compiler.binds();
    Map<String, MemberPool> pools =
        new PoolCompiler(input, compiler.tls, binds.values(), compiler.problems::add).compile();
    return new RuleCompiler(input.config(), binds, pools, compiler.problems::add).compile();
  }

  private Compilation compile() {
    Map<String, Bind> binds = binds();
    Map<String, ServerCertificate> certificates = certificates();
    Map<String, MemberPool> pools =
        new PoolCompiler(input, tls, binds.values(), problems::add).compile();
    Map<String, RuleTable> rules = new RuleCompiler(config, binds, pools, problems::add).compile();
    Map<String, ListenerSnapshot> listeners = listeners(binds, certificates, rules);
    if (problems.stream().anyMatch(Problem::isError)) {
      return new Compilation.Refused(problems);
    }
    Snapshot snapshot =
        new Snapshot(
            input.revision(),
            listeners,
            List.copyOf(pools.values()),
            Balancer.ofPools(),
            tls.used());
    return new Compilation.Compiled(snapshot, problems);
  }

  private String bindOf(Listener listener) {
    return input.listen().getOrDefault(listener.name(), listener.bind());
  }

  private Map<String, Bind> binds() {
    Map<String, Bind> binds = new LinkedHashMap<>();
    for (int i = 0; i < config.listeners().size(); i++) {
      Listener listener = config.listeners().get(i);
      Bind bind = Bind.parse(bindOf(listener));
      if (bind != null) {
        InetSocketAddress chosen = bind.port() == 0 ? input.bound().get(listener.name()) : null;
        binds.put(
            listener.name(), chosen == null ? bind : new Bind(bind.address(), chosen.getPort()));
        continue;
      }
      problems.add(
          Problem.error(
              "listeners[" + i + "].bind",
              "\"%s\" of listener \"%s\" is not an address and port"
                  .formatted(bindOf(listener), listener.name()),
              "write an IP address and a port: 0.0.0.0:443 or [::]:443"));
    }
    Set<String> unknown = new HashSet<>(input.listen().keySet());
    config.listeners().forEach(listener -> unknown.remove(listener.name()));
    for (String name : unknown) {
      problems.add(
          Problem.warning(
              "--listen " + name,
              "the configuration has no listener \"" + name + "\"",
              "its listeners are "
                  + String.join(", ", config.listeners().stream().map(Listener::name).toList())));
    }
    return binds;
  }

  private Map<String, ServerCertificate> certificates() {
    Map<String, ServerCertificate> read = new HashMap<>();
    for (int i = 0; i < config.certificates().size(); i++) {
      CertificateRef reference = config.certificates().get(i);
      String path = "certificates[" + i + "]";
      CertificateMaterial material = input.certificates().get(reference.name());
      if (material == null) {
        problems.add(
            Problem.error(
                path,
                "certificate \"" + reference.name() + "\" has no chain and key here",
                "apply the document again with its certificate files"));
        continue;
      }
      ServerCertificate certificate =
          ServerCertificate.read(reference.name(), material, path, input.now(), problems::add);
      if (certificate != null) {
        read.put(reference.name(), certificate);
      }
    }
    return read;
  }

  private Map<String, ListenerSnapshot> listeners(
      Map<String, Bind> binds,
      Map<String, ServerCertificate> certificates,
      Map<String, RuleTable> rules) {
    Map<String, ListenerSnapshot> compiled = new LinkedHashMap<>();
    for (int i = 0; i < config.listeners().size(); i++) {
      Listener listener = config.listeners().get(i);
      ServerNames names = names(listener, "listeners[" + i + "].tls", certificates);
      RuleTable table = rules.getOrDefault(listener.name(), RuleTable.of(List.of()));
      if (binds.containsKey(listener.name())) {
        compiled.put(
            listener.name(),
            new ListenerSnapshot(
                listener.name(),
                bindOf(listener),
                table,
                names,
                new AccessCompiler(config, input.previous()).compile(listener),
                Networks.of(listener.proxyProtocolFrom())));
      }
    }
    return compiled;
  }

  private boolean offersHttp2(Listener listener) {
    return config.rules().stream()
        .anyMatch(rule -> rule.listener().equals(listener.name()) && rule.policy().http2());
  }

  private @Nullable ServerNames names(
      Listener listener, String path, Map<String, ServerCertificate> certificates) {
    Listener.ListenerTls wanted = listener.tls();
    if (wanted == null) {
      return null;
    }
    ServerNamesBuilder names =
        new ServerNamesBuilder(tls, wanted.minVersion(), offersHttp2(listener));
    Set<String> declared = new HashSet<>();
    config.certificates().forEach(reference -> declared.add(reference.name()));
    for (String name : wanted.certificates()) {
      ServerCertificate certificate = certificates.get(name);
      if (certificate != null) {
        names.add(certificate, path, problems::add);
      } else if (!declared.contains(name)) {
        problems.add(
            Problem.error(
                path + ".certificates",
                "listener \"%s\" wants certificate \"%s\", which is not declared"
                    .formatted(listener.name(), name),
                "add it under certificates, with chainFile and keyFile"));
      }
    }
    if (wanted.certificates().isEmpty()) {
      problems.add(
          Problem.error(
              path + ".certificates",
              "listener \"" + listener.name() + "\" has no certificate to answer with",
              "name at least one; the first answers clients without a known server name"));
    }
    return names.build();
  }
}
