package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Pool.Bridging;
import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.member.Balance;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.Selection;
import io.portcullis.proxy.message.ProxyVersion;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Pools with their members and the TLS contexts towards them.
final class PoolCompiler {

  private final CompilerInput input;
  private final TlsContexts tls;
  private final Collection<Bind> binds;
  private final Consumer<Problem> problems;
  private final Map<String, Member> known = new HashMap<>();

  PoolCompiler(
      CompilerInput input, TlsContexts tls, Collection<Bind> binds, Consumer<Problem> problems) {
    this.input = input;
    this.tls = tls;
    this.binds = binds;
    this.problems = problems;
    Snapshot previous = input.previous();
    if (previous != null) {
      previous.pools().forEach(pool -> pool.members().forEach(m -> known.put(key(m), m)));
    }
  }

  private static String key(Member member) {
    return member + " " + member.port(true) + " " + member.port(false);
  }

  Map<String, MemberPool> compile() {
    Map<String, MemberPool> compiled = new LinkedHashMap<>();
    for (int i = 0; i < input.config().pools().size(); i++) {
      Pool pool = input.config().pools().get(i);
      compiled.put(pool.name(), compile(pool, "pools[" + i + "]"));
    }
    return compiled;
  }

  private MemberPool compile(Pool pool, String path) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < pool.members().size(); i++) {
      members.add(member(pool, pool.members().get(i), path + ".members[" + i + "]"));
    }
    Pool.PoolTls wanted = pool.tls();
    return new MemberPool(
        pool.name(),
        members,
        wanted == null ? null : upstreamTls(pool, wanted, path + ".tls"),
        wanted == null ? null : wanted.serverName(),
        pool.upstreamConnections() == Pool.UpstreamConnections.PRIVATE,
        pool.timeouts().responseHeader(),
        pool.timeouts().idle(),
        pool.timeouts().connect(),
        persistence(pool),
        selection(pool.choice()),
        tells(pool.bridging().tells()));
  }

  private static ProxyVersion tells(Pool.ProxyProtocol said) {
    return switch (said) {
      case OFF -> ProxyVersion.OFF;
      case V1 -> ProxyVersion.V1;
      case V2 -> ProxyVersion.V2;
    };
  }

  private static Selection selection(Pool.Choice choice) {
    Balance balance =
        switch (choice.balance()) {
          case SOURCE -> Balance.SOURCE;
          case LEAST_REQUESTS -> Balance.LEAST_REQUESTS;
          case POWER_OF_TWO -> Balance.POWER_OF_TWO;
          case ROUND_ROBIN -> Balance.ROUND_ROBIN;
        };
    return new Selection(balance, choice.maxConnections());
  }

  private static MemberPool.Persistence persistence(Pool pool) {
    Pool.SourcePersistence said = pool.persistence();
    return new MemberPool.Persistence(
        Identity.ofGroup(pool.name(), said.group()),
        said.ipv4Prefix(),
        said.ipv6Prefix(),
        said.idle());
  }

  private Member member(Pool pool, Pool.Member said, String path) {
    Bridging ports = said.bridging() != null ? said.bridging() : pool.bridging();
    Member fresh = new Member(pool.name(), said.host(), said.weight(), ports.https(), ports.http());
    InetAddress address = input.addresses().get(fresh.toString());
    if (address == null) {
      problems.accept(
          Problem.warning(
              path + ".host",
              "member \"%s\" of pool \"%s\" does not resolve yet"
                  .formatted(said.host(), pool.name()),
              "add it under hosts or to the DNS that this node asks"));
    } else {
      guardAgainstLoop(pool, said, ports, address, path);
    }
    Member old = known.get(key(fresh));
    if (old == null) {
      if (address != null) {
        fresh.resolvedTo(address);
      }
      return fresh;
    }
    return old.weight() == said.weight() ? old : old.withWeight(said.weight());
  }

  private void guardAgainstLoop(
      Pool pool, Pool.Member said, Bridging ports, InetAddress address, String path) {
    for (int port : new int[] {ports.https(), ports.http()}) {
      if (input.own().isListener(address, port, binds)) {
        problems.accept(
            Problem.error(
                path + ".host",
                "member \"%s\" of pool \"%s\" is %s:%d, a listener of this farm: requests would go in circles"
                    .formatted(said.host(), pool.name(), address.getHostAddress(), port),
                "let the name resolve to the server inside, with address on the member or an entry"
                    + " under hosts"));
      }
    }
  }

  private @Nullable SslContext upstreamTls(Pool pool, Pool.PoolTls wanted, String path) {
    String trust = wanted.trust();
    if (trust == null) {
      problems.accept(
          Problem.error(
              path,
              "pool \"" + pool.name() + "\" has no trust bundle to verify its members with",
              "name the CA certificate that issued their certificates in trustFile"));
      return null;
    }
    try {
      return tls.client(trust, wanted.minVersion());
    } catch (GeneralSecurityException | SSLException | IllegalArgumentException e) {
      problems.accept(
          Problem.error(
              path + ".trustFile",
              "the trust bundle of pool \"%s\" is not usable: %s"
                  .formatted(pool.name(), e.getMessage()),
              "it must be PEM with the CA certificates of the pool's members"));
      return null;
    }
  }
}
