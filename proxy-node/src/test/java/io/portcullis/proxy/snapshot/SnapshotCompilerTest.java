package io.portcullis.proxy.snapshot;

import static io.portcullis.proxy.TestConfig.member;
import static io.portcullis.proxy.TestConfig.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.OwnAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SnapshotCompilerTest {

  private static final TestAuthority CA = new TestAuthority("pool CA");
  private static final TestAuthority.Issued PUBLIC =
      CA.issue("webext.contoso.com", "*.fabrikam.com", "Meet.Contoso.com");
  private static final TestAuthority.Issued OTHER = CA.issue("meet.contoso.com", "other.example");
  private static final Map<String, CertificateMaterial> MATERIAL =
      Map.of("public", material(PUBLIC), "other", material(OTHER));
  private static final Map<String, InetAddress> ADDRESSES =
      Map.of(
          "pool01/fe1", InetAddress.ofLiteral("192.0.2.11"),
          "pool01/fe2", InetAddress.ofLiteral("192.0.2.12"));

  private static CertificateMaterial material(TestAuthority.Issued issued) {
    return new CertificateMaterial(issued.chain(), issued.key());
  }

  private static TestConfig base() {
    TestConfig config =
        new TestConfig()
            .https("0.0.0.0:443", TlsVersion.TLSv1_2, "public", "other")
            .http("0.0.0.0:80");
    config.pools.add(pool01(1));
    config
        .rule("web", "https", "webext.contoso.com", new Action.ToPool("pool01"))
        .rule("to-https", "http", "*", new Action.RedirectToHttps());
    return config;
  }

  private static Pool pool01(int weightOfFe2) {
    return pool(
        "pool01",
        new Pool.Bridging(4443, 8080),
        new Pool.PoolTls("pool01.contoso.local", null, CA.certificate(), TlsVersion.TLSv1_2),
        null,
        member("fe1", "192.0.2.11", 1),
        member("fe2", "192.0.2.12", weightOfFe2));
  }

  private static Compilation compile(
      FarmConfig config, Map<String, CertificateMaterial> material, @Nullable Snapshot previous) {
    return SnapshotCompiler.compile(
        new CompilerInput(
            7,
            config,
            material,
            Map.of(),
            Map.of(),
            ADDRESSES,
            new OwnAddresses(Set.of(InetAddress.ofLiteral("192.0.2.1"))),
            Instant.now(),
            previous));
  }

  private static Snapshot compiled(TestConfig config, @Nullable Snapshot previous) {
    Compilation result = compile(config.build(), MATERIAL, previous);
    assertThat(result.problems()).isEmpty();
    return ((Compilation.Compiled) result).snapshot();
  }

  private static List<Problem> refused(
      TestConfig config, Map<String, CertificateMaterial> material) {
    Compilation result = compile(config.build(), material, null);
    assertThat(result).isInstanceOf(Compilation.Refused.class);
    return result.problems();
  }

  private static ServerNames names(Snapshot snapshot) {
    return Objects.requireNonNull(Objects.requireNonNull(snapshot.listener("https")).names());
  }

  private static SslContext context(ServerNames names, @Nullable String name) {
    return names.choose(name, _ -> true).context();
  }

  @Test
  void serverNamesComeFromTheCertificates() {
    ServerNames names = names(compiled(base(), null));
    SslContext first = context(names, null);
    assertThat(context(names, "unknown.example")).isSameAs(first);
    assertThat(context(names, "webext.contoso.com")).isSameAs(first);
    assertThat(context(names, "any.fabrikam.com")).isSameAs(first);
    assertThat(context(names, "a.any.fabrikam.com")).isSameAs(first);
    assertThat(context(names, "other.example")).isNotSameAs(first);
    // Both carry it: the first one listed has it.
    assertThat(context(names, "meet.contoso.com")).isSameAs(first);
    assertThat(names.all()).hasSize(2);
  }

  @Test
  void anRsaAndAnEllipticCertificateServeTheSameNameSideBySide() {
    TestAuthority.Issued rsa =
        CA.issue("RSA", Instant.now().plus(Duration.ofDays(1)), "webext.contoso.com");
    Map<String, CertificateMaterial> both =
        Map.of("public", material(PUBLIC), "other", material(rsa));
    ServerNames names =
        names(((Compilation.Compiled) compile(base().build(), both, null)).snapshot());
    assertThat(names.choose("webext.contoso.com", _ -> true).kind()).isEqualTo(KeyKind.P256);
    assertThat(names.choose("webext.contoso.com", _ -> false).kind()).isEqualTo(KeyKind.RSA);
    assertThat(names.choose("meet.contoso.com", _ -> false).kind()).isEqualTo(KeyKind.P256);
    // The RSA one lacks names of the default: whoever sends no name must not get it.
    assertThat(names.choose(null, _ -> false).kind()).isEqualTo(KeyKind.P256);
  }

  @Test
  void unchangedContentKeepsMembersAndContexts() {
    Snapshot before = compiled(base(), null);
    TestConfig next = base().rule("new", "https", "new.contoso.com", new Action.Respond(200));
    Snapshot after = compiled(next, before);
    assertThat(context(names(after), null)).isSameAs(context(names(before), null));
    assertThat(after.pools().getFirst().upstreamTls())
        .isSameAs(before.pools().getFirst().upstreamTls());
    assertThat(after.pools().getFirst().members().getFirst())
        .isSameAs(before.pools().getFirst().members().getFirst());
  }

  @Test
  void changedCertificateOrFloorMakesANewContext() {
    Snapshot before = compiled(base(), null);
    Compilation renewed =
        compile(
            base().build(),
            Map.of("public", material(CA.issue("webext.contoso.com")), "other", material(OTHER)),
            before);
    Snapshot after = ((Compilation.Compiled) renewed).snapshot();
    assertThat(context(names(after), null)).isNotSameAs(context(names(before), null));
    assertThat(context(names(after), "other.example"))
        .isSameAs(context(names(before), "other.example"));
  }

  @Test
  void contextsOfDroppedCertificatesAreForgotten() {
    Snapshot before = compiled(base(), null);
    TestConfig config = base();
    config.listeners.removeFirst();
    config.certificates.clear();
    config.rules.removeFirst();
    Snapshot after = compiled(config, before);
    assertThat(before.tls()).hasSize(3);
    assertThat(after.tls()).hasSize(1);
  }

  @Test
  void newWeightKeepsWhatIsKnownOfTheMember() {
    Snapshot before = compiled(base(), null);
    Member old = before.pools().getFirst().members().get(1);
    old.checked(Member.Health.DOWN, "refused");
    old.openExchanges().incrementAndGet();
    TestConfig config = base();
    config.pools.set(0, pool01(5));
    Member now = compiled(config, before).pools().getFirst().members().get(1);
    assertThat(now.weight()).isEqualTo(5);
    assertThat(now.health()).isEqualTo(Member.Health.DOWN);
    assertThat(now.openExchanges()).isSameAs(old.openExchanges());
    assertThat(now.socketAddress(true)).isEqualTo(new InetSocketAddress("192.0.2.12", 4443));
  }

  @Test
  void everyProblemIsToldAtOnceAndNothingIsHalf() {
    TestConfig config = base();
    config.pools.add(
        pool("broken", new Pool.Bridging(443, 0), null, null, member("fe9", "192.0.2.19", 1)));
    config
        .rule("a", "https", "a.example", new Action.ToPool("missing"))
        .rule("b", "nowhere", "b.example", new Action.Respond(200))
        .rule("c", "https", "c.example", new Action.ToPool("broken"));
    config.https("not-an-address", TlsVersion.TLSv1_2);
    List<Problem> problems =
        refused(config, Map.of("public", new CertificateMaterial(PUBLIC.chain(), OTHER.key())));
    assertThat(problems)
        .extracting(Problem::path)
        .contains(
            "certificates[0].keyFile",
            "certificates[1]",
            "rules[2].pool",
            "rules[3].listener",
            "rules[4].pool",
            "listeners[2].bind");
    assertThat(problems)
        .filteredOn(Problem::isError)
        .allMatch(problem -> !problem.hint().isEmpty());
  }

  @Test
  void keyOfAnotherCertificateIsRefused() {
    List<Problem> problems =
        refused(
            base(),
            Map.of(
                "public",
                new CertificateMaterial(PUBLIC.chain(), OTHER.key()),
                "other",
                material(OTHER)));
    assertThat(problems)
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.path()).isEqualTo("certificates[0].keyFile");
          assertThat(problem.message()).contains("public").contains("is not the key of");
          assertThat(problem.toString()).doesNotContain("PRIVATE KEY");
        });
  }

  @Test
  void unreadablePemNamesTheCertificateAndThePart() {
    List<Problem> problems =
        refused(
            base(),
            Map.of(
                "public",
                new CertificateMaterial("nothing", PUBLIC.key()),
                "other",
                new CertificateMaterial(
                    OTHER.chain(), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n")));
    assertThat(problems)
        .extracting(Problem::path)
        .containsExactly("certificates[0].chainFile", "certificates[1].keyFile");
    assertThat(problems.get(1).message()).contains("passphrase");
  }

  @Test
  void rsaKeysInTheTraditionalFormAreRead() throws Exception {
    TestAuthority.Issued rsa =
        CA.issue("RSA", Instant.now().plus(Duration.ofDays(1)), "rsa.example");
    java.security.PrivateKey key = Pem.privateKey(rsa.key());
    java.io.StringWriter traditional = new java.io.StringWriter();
    try (org.bouncycastle.openssl.jcajce.JcaPEMWriter writer =
        new org.bouncycastle.openssl.jcajce.JcaPEMWriter(traditional)) {
      writer.writeObject(key);
    }
    assertThat(traditional.toString()).contains("RSA PRIVATE KEY");
    assertThat(Pem.privateKey(traditional.toString())).isEqualTo(key);
    Compilation result =
        compile(
            base().build(),
            Map.of(
                "public",
                new CertificateMaterial(rsa.chain(), traditional.toString()),
                "other",
                material(OTHER)),
            null);
    assertThat(result).isInstanceOf(Compilation.Compiled.class);
  }

  @Test
  void expiredCertificateIsAWarning() {
    TestAuthority.Issued old =
        CA.issue("EC", Instant.now().minus(Duration.ofDays(1)), "webext.contoso.com");
    Compilation result =
        compile(base().build(), Map.of("public", material(old), "other", material(OTHER)), null);
    assertThat(result).isInstanceOf(Compilation.Compiled.class);
    assertThat(result.problems())
        .singleElement()
        .matches(problem -> !problem.isError() && problem.message().contains("expired"));
  }

  @Test
  void chainOutOfOrderIsRefused() {
    List<Problem> problems =
        refused(
            base(),
            Map.of(
                "public",
                new CertificateMaterial(
                    PUBLIC.chain() + OTHER.chain() + CA.certificate(), PUBLIC.key()),
                "other",
                material(OTHER)));
    assertThat(problems)
        .singleElement()
        .matches(problem -> problem.isError() && problem.message().contains("out of order"));
  }

  @Test
  void memberBehindOurOwnListenerIsRefused() {
    for (String address : List.of("192.0.2.1", "127.0.0.1")) {
      TestConfig config = base();
      config.pools.set(
          0,
          pool(
              "pool01",
              new Pool.Bridging(443, 0),
              pool01(1).tls(),
              null,
              member("webext.contoso.com", address, 1)));
      Compilation result =
          SnapshotCompiler.compile(
              new CompilerInput(
                  7,
                  config.build(),
                  MATERIAL,
                  Map.of(),
                  Map.of(),
                  Map.of("pool01/webext.contoso.com", InetAddress.ofLiteral(address)),
                  new OwnAddresses(Set.of(InetAddress.ofLiteral("192.0.2.1"))),
                  Instant.now(),
                  null));
      assertThat(result).isInstanceOf(Compilation.Refused.class);
      assertThat(result.problems())
          .singleElement()
          .matches(problem ->
              problem.path().equals("pools[0].members[0].host")
                  && problem.message().contains("circles"));
    }
  }

  @Test
  void memberThatDoesNotResolveIsAWarning() {
    TestConfig config = base();
    config.pools.set(
        0,
        pool(
            "pool01",
            new Pool.Bridging(4443, 8080),
            pool01(1).tls(),
            null,
            new Pool.Member("fe7", null, 1, null)));
    Compilation result = compile(config.build(), MATERIAL, null);
    assertThat(result).isInstanceOf(Compilation.Compiled.class);
    assertThat(result.problems())
        .singleElement()
        .matches(problem -> problem.message().contains("does not resolve"));
  }

  @Test
  void missingOrEmptyTrustIsRefused() {
    for (String trust : new String[] {null, "", "garbage"}) {
      TestConfig config = base();
      config.pools.set(
          0,
          pool(
              "pool01",
              new Pool.Bridging(4443, 8080),
              new Pool.PoolTls(null, null, trust, TlsVersion.TLSv1_2),
              null,
              member("fe1", "192.0.2.11", 1)));
      assertThat(refused(config, MATERIAL))
          .extracting(Problem::message)
          .anyMatch(message -> message.contains("trust bundle"));
    }
  }

  @Test
  void nodeOverridesWhereItsListenersBind() {
    CompilerInput input =
        new CompilerInput(
            7,
            base().build(),
            MATERIAL,
            Map.of("https", "127.0.0.1:8443", "typo", "127.0.0.1:1"),
            Map.of(),
            ADDRESSES,
            new OwnAddresses(Set.of()),
            Instant.now(),
            null);
    Compilation result = SnapshotCompiler.compile(input);
    assertThat(result.problems())
        .singleElement()
        .matches(problem -> problem.path().equals("--listen typo") && !problem.isError());
    Snapshot snapshot = ((Compilation.Compiled) result).snapshot();
    assertThat(Objects.requireNonNull(snapshot.listener("https")).bind())
        .isEqualTo("127.0.0.1:8443");
    assertThat(Objects.requireNonNull(snapshot.listener("http")).bind()).isEqualTo("0.0.0.0:80");
  }
}
