package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.KeyRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node's certificate young: from half of its life on it asks for another one, with a new key, until it gets it. The identity file is
/// replaced whole; connections made from then on use it, those that are open stay.
public final class Renewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

  /// Half of a life is two weeks, so hundreds of attempts before it matters.
  private static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final long MAX_ANSWER_BYTES = 64L << 10;

  private final FarmHome home;
  private final InstantSource clock;
  private final Thread thread;

  private Renewal(FarmHome home, InstantSource clock) {
    this.home = home;
    this.clock = clock;
    thread = Thread.ofVirtual().name("renewal").start(this::run);
  }

  /// Looks after the identity file of `home` until closed.
  public static Renewal start(FarmHome home, InstantSource clock) {
    return new Renewal(home, clock);
  }

  private void run() {
    try {
      while (true) {
        look();
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void look() throws InterruptedException {
    try {
      IdentityFile now = IdentityFile.read(home.identityPem());
      if (isDue(now.certificate(), clock.instant())) {
        IdentityFile renewed = renew(now);
        renewed.write(home.identityPem());
        LOG.info("this node's certificate is good until {}", renewed.certificate().getNotAfter());
      }
    } catch (IOException | GeneralSecurityException e) {
      LOG.warn("this node's certificate is not renewed yet, trying again: {}", e.getMessage());
    }
  }

  public static boolean isDue(X509Certificate certificate, Instant now) {
    Instant begin = IdentityFile.issuedAt(certificate);
    Duration life = Duration.between(begin, certificate.getNotAfter().toInstant());
    return now.isAfter(begin.plus(life.dividedBy(2)));
  }

  /// Asks each coordinator in turn.
  ///
  /// @return the same identity with a new key and a certificate for it
  /// @throws IOException what the last one said
  public static IdentityFile renew(IdentityFile identity)
      throws IOException, GeneralSecurityException, InterruptedException {
    KeyRequest key = KeyRequest.create(identity.id());
    IOException failure = new IOException("the identity file names no coordinator");
    for (String coordinator : identity.coordinators()) {
      try {
        return new IdentityFile(
            identity.farm(),
            identity.id(),
            identity.coordinators(),
            key.keyPem(),
            ask(identity, coordinator, key.csrPem()).certificate(),
            identity.caPem());
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private static Wire.RenewResponse ask(IdentityFile identity, String coordinator, String csr)
      throws IOException, GeneralSecurityException, InterruptedException {
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(identity.sslContext(Set.of("coordinator")))
            .build()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("https://" + coordinator + "/v1/renew"))
                  .timeout(ANSWER)
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArray(
                          WireJson.write(new Wire.RenewRequest(csr))))
                  .build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
      if (answer.statusCode() == 200) {
        return WireJson.read(answer.body(), Wire.RenewResponse.class);
      }
      throw new IOException(WireJson.read(answer.body(), Wire.ErrorResponse.class).error());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
