package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.api.AdminRoutes;
import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.identity.Strangers;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.JoinFailed;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may ask the admin API for what.
class RolesTest {
  /// A new endpoint belongs here, and in [#MAY], with the least role that may use it.
  private static final Map<String, String> TABLE =
      Map.ofEntries(
          Map.entry("POST /v1/join", "anybody"),
          Map.entry("POST /v1/renew", "holder"),
          Map.entry("POST /v1/tokens", "administrator"),
          Map.entry("GET /v1/operators", "viewer"),
          Map.entry("DELETE /v1/operators/{}", "administrator"),
          Map.entry("DELETE /v1/nodes/{}", "administrator"),
          Map.entry("DELETE /v1/coordinators/{}", "administrator"),
          Map.entry("POST /v1/revisions", "operator"),
          Map.entry("POST /v1/rollback", "operator"),
          Map.entry("POST /v1/confirm", "operator"),
          Map.entry("GET /v1/revisions", "viewer"),
          Map.entry("GET /v1/revisions/{}", "viewer"),
          Map.entry("GET /v1/audit", "viewer"),
          Map.entry("GET /v1/status", "viewer"),
          Map.entry("GET /v1/nodes/{}", "viewer"),
          Map.entry("POST /v1/drains", "operator"),
          Map.entry("GET /v1/drains", "viewer"),
          Map.entry("DELETE /v1/drains/{}", "operator"),
          Map.entry("POST /v1/tickets", "operator"),
          Map.entry("POST /v1/bindings", "viewer"),
          Map.entry("POST /v1/certificates", "operator"),
          Map.entry("POST /v1/certificates/{}", "operator"),
          Map.entry("GET /v1/certificates", "viewer"),
          Map.entry("GET /v1/farm-key", "viewer"),
          Map.entry("POST /v1/farm-key", "administrator"),
          Map.entry("POST /v1/farm-key/{}", "machine"),
          Map.entry("GET /v1/farm-ca", "viewer"),
          Map.entry("POST /v1/farm-ca", "administrator"),
          Map.entry("POST /v1/backup", "administrator"));

  /// Whom each least role lets in; a stranger has no certificate.
  private static final Map<String, Set<String>> MAY =
      Map.of(
          "anybody",
          Set.of("stranger", "node", "viewer", "operator", "administrator", "coordinator"),
          "holder",
          Set.of("node", "viewer", "operator", "administrator", "coordinator"),
          "machine",
          Set.of("node", "coordinator"),
          "viewer",
          Set.of("viewer", "operator", "administrator", "coordinator"),
          "operator",
          Set.of("operator", "administrator", "coordinator"),
          "administrator",
          Set.of("administrator", "coordinator"));

  @TempDir static Path shared;
  private static Bench bench;
  private static AdminClient administrator;

  @TempDir Path machine;

  @BeforeAll
  static void startFarm() throws Exception {
    bench = Bench.start(shared);
    administrator = bench.operator();
  }

  @AfterAll
  static void stopFarm() {
    administrator.close();
    bench.close();
  }

  @Test
  void everyEndpointHasTheLeastRoleOfThisTable() {
    assertThat(AdminRoutes.table()).containsExactlyInAnyOrderEntriesOf(TABLE);
  }

  @Test
  void noEndpointServesALesserRoleOrAStranger() throws Exception {
    check("stranger", Strangers.trusting(bench.home().identity()));
    for (Role role : Role.values()) {
      IdentityFile identity =
          role == Role.COORDINATOR
              ? bench.home().identity()
              : bench.homeOf(role, "prober-" + role.word()).identity();
      check(role.word(), identity.sslContext(Set.of("coordinator")));
    }
  }

  /// Otherwise what a client sends next may arrive together with the rest of what was refused, and lie unseen for half a minute.
  @Test
  void aRefusalIsAnsweredWhenItsRequestIsWhole() throws Exception {
    URI admin = URI.create("https://" + bench.adminAddress());
    SSLContext viewer =
        bench.homeOf(Role.VIEWER, "slow").identity().sslContext(Set.of("coordinator"));
    try (Socket socket = viewer.getSocketFactory().createSocket(admin.getHost(), admin.getPort())) {
      String head = "POST /v1/tokens HTTP/1.1\r\nHost: farm\r\nContent-Length: 2\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(300);
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> socket.getInputStream().read());
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 403");
    }
  }

  private static void check(String who, SSLContext tls) throws Exception {
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build()) {
      for (Map.Entry<String, String> row : TABLE.entrySet()) {
        String[] words = row.getKey().split(" ");
        URI address =
            URI.create("https://" + bench.adminAddress() + words[1].replace("{}", "no-such-thing"));
        HttpRequest request =
            HttpRequest.newBuilder(address)
                .method(
                    words[0],
                    words[0].equals("POST")
                        ? HttpRequest.BodyPublishers.ofString("{}")
                        : HttpRequest.BodyPublishers.noBody())
                .build();
        int status = status(http, request);
        boolean may = MAY.getOrDefault(row.getValue(), Set.of()).contains(who);
        assertThat(status != 403)
            .as("%s: %s answered %s", who, row.getKey(), status)
            .isEqualTo(may);
      }
    }
  }

  /// The server may end a kept connection at the moment that it is used again; what was not answered is asked again.
  private static int status(HttpClient http, HttpRequest request) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      } catch (IOException e) {
        if (attempt == 5) {
          throw e;
        }
      }
    }
  }

  @Test
  void aViewerSeesBindingsAndForgetsNone() throws Exception {
    try (AdminClient viewer = AdminClient.of(person("viewer", "vera"))) {
      assertThat(viewer.bindings(new Wire.BindingQuery(null, null, 1, false)).matched()).isZero();
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(() -> viewer.bindings(new Wire.BindingQuery(null, null, 1, true)))
          .withMessageContaining("of role viewer")
          .withMessageContaining("needs an operator");
    }
    assertThat(trail())
        .anyMatch(line -> line.equals("viewer/vera refused: to forget bindings needs an operator"));
  }

  private IdentityFile person(String role, String name) throws Exception {
    return Join.operator(
        machine.resolve(name + "-" + System.nanoTime() + ".pem"), bench.token(role), name);
  }

  private static List<String> trail() throws Exception {
    return administrator.audit().entries().stream()
        .map(entry -> entry.who() + " " + entry.what())
        .toList();
  }

  @Test
  void whoeverWasRevokedIsRefusedAtOnceAndItIsWrittenDown() throws Exception {
    try (AdminClient mallory = AdminClient.of(person("operator", "mallory"))) {
      assertThat(mallory.status().farm()).isEqualTo(Bench.FARM);
      assertThat(administrator.operators())
          .anyMatch(one -> one.id().equals("mallory") && one.role().equals("operator"));

      administrator.revokeOperator("mallory");
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(mallory::status)
          .withMessageContaining("mallory was revoked");
      assertThatExceptionOfType(AdminException.class).isThrownBy(mallory::status);
    }
    assertThat(administrator.operators()).noneMatch(one -> one.id().equals("mallory"));
    assertThat(trail())
        .contains("operator-1 revoked operator mallory")
        .containsOnlyOnce("operator/mallory refused at 127.0.0.1: it was revoked");
  }

  @Test
  void whoeverWasRevokedComesBackWithAnotherTokenOnly() throws Exception {
    IdentityFile first = person("administrator", "adam");
    administrator.revokeOperator("adam");
    bench.clock.advance(java.time.Duration.ofSeconds(2));
    IdentityFile second = person("administrator", "adam");
    assertThat(second.id()).isEqualTo("adam");
    try (AdminClient before = AdminClient.of(first);
        AdminClient after = AdminClient.of(second)) {
      assertThat(after.status().farm()).isEqualTo(Bench.FARM);
      assertThatExceptionOfType(AdminException.class).isThrownBy(before::status);
    }
  }

  @Test
  void aCoordinatorThatIsNotInTheFarmAdministersNothing() throws Exception {
    IdentityFile former = bench.homeOf(Role.COORDINATOR, "former").identity();
    try (AdminClient removed = AdminClient.of(former)) {
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(() -> removed.createToken(new Wire.TokenRequest("node", 60)))
          .withMessageContaining("former was revoked");
    }
    assertThat(trail()).contains("coordinator/former refused at 127.0.0.1: it was revoked");
  }

  @Test
  void nobodyRevokesThemselvesOrWhoIsNotThere() {
    assertThatExceptionOfType(AdminException.class)
        .isThrownBy(() -> administrator.revokeOperator("operator-1"))
        .withMessageContaining("would revoke itself");
    assertThatExceptionOfType(AdminException.class)
        .isThrownBy(() -> administrator.revokeOperator("coordinator-1"))
        .withMessageContaining("nobody called \"coordinator-1\"");
  }

  @Test
  void aTokenForAPlaceIsRefusedElsewhereAndStaysGoodThere() throws Exception {
    String far = token("192.0.2.0/24");
    assertThatExceptionOfType(JoinFailed.class)
        .isThrownBy(() -> Join.node(machine.resolve("far"), far, "far"))
        .withMessageContaining("may not be used from 127.0.0.1");
    assertThat(trail()).contains("far refused at 127.0.0.1: its token is for 192.0.2.0/24");
    assertThat(Join.node(machine.resolve("near"), token("127.0.0.1"), "near")).isNotNull();
    assertThat(Join.node(machine.resolve("near-2"), token("127.0.0.0/8"), "near-2")).isNotNull();
    assertThatExceptionOfType(AdminException.class)
        .isThrownBy(() -> token("fe1.contoso.local"))
        .withMessageContaining("neither an address nor a network");
  }

  private static String token(String address) throws Exception {
    return administrator.createToken(new Wire.TokenRequest("node", 600, address)).token();
  }
}
