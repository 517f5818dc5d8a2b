package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.call.BoundedCall;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a machine of the farm asks of the coordinators' admin API for itself: each in turn, until one answers.
record CoordinatorCall(IdentityFile identity, Collection<String> coordinators) {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorCall.class);

  /// The answer to who was removed.
  private static final int GONE = 410;

  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final long MAX_ANSWER_BYTES = 64L << 10;

  /// Who asks is not of the farm any more.
  static final class Removed extends IOException {
    Removed(String message) {
      super(message);
    }
  }

  /// Those of the day it joined, and those of today as far as they are known.
  static List<String> known(IdentityFile identity, FarmStore store) {
    Set<String> coordinators = new LinkedHashSet<>(identity.coordinators());
    try {
      coordinators.addAll(store.coordinators().read().admin());
    } catch (StoreException e) {
      LOG.debug("only the coordinators of the identity file are asked", e);
    }
    return List.copyOf(coordinators);
  }

  /// @throws IOException what the last one said
  <T> T post(String path, Object request, Class<T> answer)
      throws IOException, GeneralSecurityException, InterruptedException {
    IOException failure = new IOException("no coordinator is known");
    for (String coordinator : coordinators) {
      try {
        return post(coordinator, path, request, answer);
      } catch (Removed e) {
        throw e;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private <T> T post(String coordinator, String path, Object request, Class<T> type)
      throws IOException, GeneralSecurityException, InterruptedException {
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(identity.sslContext(Set.of("coordinator")))
            .build()) {
      HttpResponse<byte[]> answer =
          BoundedCall.send(
              http,
              HttpRequest.newBuilder(URI.create("https://" + coordinator + path))
                  .timeout(ANSWER)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(WireJson.write(request)))
                  .build(),
              MAX_ANSWER_BYTES,
              ANSWER);
      if (answer.statusCode() == 200) {
        return WireJson.read(answer.body(), type);
      }
      String error = WireJson.read(answer.body(), Wire.ErrorResponse.class).error();
      throw answer.statusCode() == GONE ? new Removed(error) : new IOException(error);
    }
  }
}
