package io.portcullis.farm.api.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.portcullis.farm.api.client.AdminException.Reason;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.server.FreePort;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against real TLS servers with certificates of real farm authorities.
class AdminClientTest {
  private static final byte[] STATUS =
      WireJson.write(new Wire.FarmStatus("edge", 3, List.of(), List.of(), List.of()));

  @TempDir private Path directory;
  private final List<HttpsServer> servers = new ArrayList<>();
  private FarmAuthority farm;

  @BeforeEach
  void found() throws Exception {
    farm = FarmAuthority.open(directory.resolve("edge"), "edge", InstantSource.system());
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  /// What a misbehaving coordinator does with a request.
  private interface Behaviour {
    void answer(HttpExchange exchange) throws IOException;
  }

  private static Behaviour answering(int status, byte[] body) {
    return exchange -> {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(status, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    };
  }

  private String server(IdentityFile identity, Behaviour behaviour) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SSLContext tls = identity.sslContext(Set.of("operator"));
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = tls.getDefaultSSLParameters();
            ssl.setNeedClientAuth(true);
            parameters.setSSLParameters(ssl);
          }
        });
    server.createContext("/", exchange -> behaviour.answer(exchange));
    server.start();
    servers.add(server);
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private String coordinator(Behaviour behaviour) throws Exception {
    return server(farm.identity(Role.COORDINATOR, "c1", List.of(), List.of("-")), behaviour);
  }

  private AdminClient client(Role role, String... coordinators) throws Exception {
    return AdminClient.of(farm.identity(role, "jane", List.of(), List.of(coordinators)));
  }

  private static String closedPort() throws IOException {
    return "127.0.0.1:" + FreePort.one();
  }

  private static AdminException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(AdminException.class, call);
  }

  @Test
  void answersAreRecords() throws Exception {
    try (AdminClient client = client(Role.OPERATOR, coordinator(answering(200, STATUS)))) {
      assertThat(client.status().revision()).isEqualTo(3);
    }
  }

  @Test
  void theNextCoordinatorIsAskedWhenTheFirstIsDown() throws Exception {
    try (AdminClient client =
        client(Role.OPERATOR, closedPort(), coordinator(answering(200, STATUS)))) {
      assertThat(client.status().farm()).isEqualTo("edge");
    }
  }

  @Test
  void anUnreachableFarmNamesEveryAddressAndWhy() throws Exception {
    String closed = closedPort();
    try (AdminClient client =
        client(Role.OPERATOR, closed, "no-such-host.invalid:9443", "not an address")) {
      AdminException failure = failure(client::status);
      assertThat(failure.exitCode()).isEqualTo(3);
      assertThat(failure)
          .hasMessageContaining(closed + ": connection refused")
          .hasMessageContaining("no-such-host.invalid:9443: the name does not resolve")
          .hasMessageContaining("not an address: not an address of the form host:port");
    }
  }

  @Test
  void aCoordinatorOfAnotherFarmIsNotBelieved() throws Exception {
    FarmAuthority other =
        FarmAuthority.open(directory.resolve("other"), "edge", InstantSource.system());
    String address =
        server(
            other.identity(Role.COORDINATOR, "c1", List.of(), List.of("-")),
            answering(200, STATUS));
    try (AdminClient client = client(Role.OPERATOR, address)) {
      AdminException failure = failure(client::status);
      assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(failure).hasMessageContaining("not a coordinator of farm edge");
    }
  }

  @Test
  void aNodeOfTheFarmCannotPoseAsItsCoordinator() throws Exception {
    String address =
        server(farm.identity(Role.NODE, "edge1", List.of(), List.of("-")), answering(200, STATUS));
    try (AdminClient client = client(Role.OPERATOR, address)) {
      assertThat(failure(client::status))
          .hasMessageContaining("certificate of role \"node\"")
          .hasMessageContaining(address);
    }
  }

  @Test
  void aRefusedCertificateIsSaidToBeThat() throws Exception {
    try (AdminClient client = client(Role.NODE, coordinator(answering(200, STATUS)))) {
      assertThat(failure(client::status))
          .hasMessageContaining("it refuses the certificate of jane");
    }
  }

  @Test
  void theFarmsNoKeepsItsWordsAndHint() throws Exception {
    byte[] no = WireJson.write(new Wire.ErrorResponse("at revision 4, not 3", "look at diff"));
    try (AdminClient client = client(Role.OPERATOR, coordinator(answering(409, no)))) {
      AdminException failure =
          failure(() -> client.apply(new Wire.ApplyRequest("", Map.of(), 3L, ""), false));
      assertThat(failure.reason()).isEqualTo(Reason.CONFLICT);
      assertThat(failure.exitCode()).isEqualTo(1);
      assertThat(failure).hasMessage("at revision 4, not 3");
      assertThat(failure.hint()).isEqualTo("look at diff");
    }
  }

  @Test
  void aRefusedDocumentIsAnAnswer() throws Exception {
    byte[] refused = WireJson.write(new Wire.ApplyResponse(false, 3, false, List.of(), List.of()));
    try (AdminClient client = client(Role.OPERATOR, coordinator(answering(422, refused)))) {
      assertThat(client.apply(new Wire.ApplyRequest("", Map.of(), null, ""), false).accepted())
          .isFalse();
    }
  }

  @Test
  void aChangeWhoseAnswerIsLostIsNotSentAgain() throws Exception {
    AtomicInteger second = new AtomicInteger();
    String dropping =
        coordinator(exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.close();
        });
    String counting =
        coordinator(exchange -> {
          second.incrementAndGet();
          answering(200, STATUS).answer(exchange);
        });
    try (AdminClient client = client(Role.OPERATOR, dropping, counting)) {
      AdminException failure = failure(() -> client.rollback(new Wire.RollbackRequest(1, "")));
      assertThat(failure.reason()).isEqualTo(Reason.UNCERTAIN);
      assertThat(failure.hint()).contains("farmctl history");
      assertThat(second).hasValue(0);
      assertThat(client.status().revision()).as("a question may be asked again").isEqualTo(3);
    }
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws Exception {
    String address =
        coordinator(exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] megabyte = new byte[1 << 20];
          try (OutputStream out = exchange.getResponseBody()) {
            for (long sent = 0; sent <= AdminClient.MAX_ANSWER_BYTES; sent += megabyte.length) {
              out.write(megabyte);
            }
          }
        });
    try (AdminClient client = client(Role.OPERATOR, address)) {
      assertThat(failure(client::status)).isNotNull();
    }
  }

  /// The time of Java's HTTP client ends with the head of the answer.
  @Test
  @Timeout(60)
  void aCoordinatorThatStopsInTheMiddleOfItsAnswerIsGivenUp() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (AdminClient asks = impatient(stoppingUntil(over), answering(200, STATUS));
        AdminClient changes = impatient(stoppingUntil(over), answering(200, STATUS))) {
      assertThat(asks.status().revision()).as("of the next").isEqualTo(3);
      AdminException failure = failure(() -> changes.rollback(new Wire.RollbackRequest(1, "")));
      assertThat(failure.reason()).isEqualTo(Reason.UNCERTAIN);
    } finally {
      over.countDown();
    }
  }

  private AdminClient impatient(Behaviour first, Behaviour second) throws Exception {
    return AdminClient.of(
        farm.identity(
            Role.OPERATOR, "jane", List.of(), List.of(coordinator(first), coordinator(second))),
        Duration.ofMillis(200));
  }

  private static Behaviour stoppingUntil(CountDownLatch over) {
    return exchange -> {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, 100_000);
      exchange.getResponseBody().write(new byte[50_000]);
      exchange.getResponseBody().flush();
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  @Test
  void whatIsNotOfThisApiIsSaidToBeThat() throws Exception {
    byte[] html = "<html>".getBytes(StandardCharsets.UTF_8);
    try (AdminClient client = client(Role.OPERATOR, coordinator(answering(200, html)))) {
      assertThat(failure(client::status).hint()).contains("same version");
    }
    try (AdminClient client = client(Role.OPERATOR, coordinator(answering(500, html)))) {
      assertThat(failure(client::status)).hasMessageContaining("answered 500 without a reason");
    }
  }

  @Test
  void aMissingIdentityFileSaysHowToGetOne() {
    AdminException failure = failure(() -> AdminClient.open(directory.resolve("none.pem")));
    assertThat(failure.exitCode()).isEqualTo(2);
    assertThat(failure).hasMessageContaining("none.pem");
    assertThat(failure.hint()).contains("operator.pem", "farmctl join TOKEN");
  }

  @Test
  void aGarbledIdentityFileIsRefused() throws Exception {
    Path file = directory.resolve("identity.pem");
    Files.writeString(file, "farm: edge\n");
    assertThat(failure(() -> AdminClient.open(file)).reason()).isEqualTo(Reason.IDENTITY);
    IdentityFile good = farm.identity(Role.OPERATOR, "jane", List.of(), List.of("127.0.0.1:1"));
    Files.writeString(file, good.render().replaceFirst("\nM[A-Za-z0-9+/]{20}", "\nMAAA"));
    assertThat(failure(() -> AdminClient.open(file)))
        .hasMessageContaining("key or certificate that cannot be read");
  }

  @Test
  void anExpiredIdentityIsNotTried() throws Exception {
    InstantSource longAgo = InstantSource.fixed(Instant.now().minus(Duration.ofDays(4000)));
    FarmAuthority old = FarmAuthority.open(directory.resolve("old"), "edge", longAgo);
    IdentityFile identity = old.identity(Role.OPERATOR, "jane", List.of(), List.of("127.0.0.1:1"));
    assertThat(failure(() -> AdminClient.of(identity)))
        .hasMessageContaining("the identity of jane expired");
  }
}
