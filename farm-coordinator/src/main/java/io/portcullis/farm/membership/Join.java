package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.call.BoundedCall;
import io.portcullis.farm.identity.Certificates;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.JoinToken;
import io.portcullis.farm.identity.KeyRequest;
import io.portcullis.farm.identity.Names;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.identity.SecretFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// How a machine becomes part of a farm: one token, one call, right for first start, restart and growth.
public final class Join {
  /// For the TCP connection and the handshake together. A machine joins in the first minute of its life, when it is
  /// slowest: thirteen seconds were seen on an emulated processor that had nothing else to do.
  private static final Duration CONNECT = Duration.ofSeconds(60);

  /// The coordinator signs one certificate and writes two znodes.
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /// An identity and its chain are a few kilobytes, the CAs of an ensemble that others run at most 32.
  private static final long MAX_ANSWER_BYTES = 64L << 10;

  /// The key of a join that has begun, until the identity is kept: what was cut off goes on with it, by the same token.
  private static final String JOINING = "joining.pem";

  private Join() {}

  /// Joins a node from its state directory. A directory that already belongs to the token's farm is returned as it is,
  /// and the token stays unused.
  ///
  /// @param name what the node wants to be called; null = this machine's host name. The farm may add a number.
  public static FarmHome node(Path state, String token, @Nullable String name) throws JoinFailed {
    return home(state, token, Role.NODE, name);
  }

  /// Joins a coordinator as [#node] does; it has the farm's authority afterwards, and is a member of the ensemble once it has
  /// started.
  public static FarmHome coordinator(Path state, String token, @Nullable String name)
      throws JoinFailed {
    return home(state, token, Role.COORDINATOR, name);
  }

  private static FarmHome home(Path state, String token, Role role, @Nullable String name)
      throws JoinFailed {
    JoinToken decoded = decode(token);
    if (decoded.role() != role) {
      throw notFor(role, decoded.role());
    }
    try {
      Path key = state.resolve(JOINING);
      Optional<FarmHome> home = FarmHome.read(state);
      if (home.isPresent()) {
        FarmHome same = sameFarm(home.get(), decoded);
        SecretFiles.delete(key);
        return same;
      }
      FarmHome.requireRoom(state);
      Answer answer = ask(decoded, name, key);
      String farmKey = answer.response().farmKey();
      String zookeeper = answer.response().zookeeper();
      if (farmKey == null || zookeeper == null) {
        throw notFor(role, Role.OPERATOR);
      }
      if (role == Role.COORDINATOR) {
        adoptAuthority(state, answer);
      }
      FarmHome.keepEnsemble(state, answer.response().zookeeperCa());
      FarmHome joined =
          new FarmHome(state, answer.identity(), FarmKey.parse(farmKey, "the answer"), zookeeper);
      joined.write();
      SecretFiles.delete(key);
      return joined;
    } catch (IOException e) {
      throw new JoinFailed(
          "cannot keep the identity in " + state + ": " + said(e),
          "check that the directory can be written and the disk has room, or name another --state",
          e);
    }
  }

  /// Gets a person an identity file. A file that is already of the token's farm stays as it is, and the token unused.
  public static IdentityFile operator(Path file, String token, @Nullable String name)
      throws JoinFailed {
    JoinToken decoded = decode(token);
    if (!decoded.role().isPerson()) {
      throw notFor(Role.OPERATOR, decoded.role());
    }
    try {
      Path key = file.resolveSibling(file.getFileName() + "." + JOINING);
      if (Files.exists(file)) {
        IdentityFile present = IdentityFile.read(file);
        requireSame(present, decoded, file);
        SecretFiles.delete(key);
        return present;
      }
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        FarmHome.requireRoom(parent);
      }
      IdentityFile identity = ask(decoded, name, key).identity();
      identity.write(file);
      SecretFiles.delete(key);
      return identity;
    } catch (IOException e) {
      throw new JoinFailed(
          "cannot keep the identity in " + file + ": " + said(e),
          "check that the directory can be written and the disk has room, or name another --identity",
          e);
    }
  }

  private static void adoptAuthority(Path state, Answer answer) throws IOException, JoinFailed {
    String key = answer.response().authorityKey();
    if (key == null) {
      throw notFor(Role.COORDINATOR, Role.NODE);
    }
    FarmAuthority.adopt(state.resolve("authority"), answer.response().caCertificate(), key);
  }

  private static JoinFailed notFor(Role wanted, Role given) {
    return new JoinFailed(
        "this token is for %s, not for %s".formatted(article(given), article(wanted)),
        "make another with \"farmctl token create --role %s\"".formatted(wanted.word()));
  }

  private static String article(Role role) {
    return (role == Role.OPERATOR || role == Role.ADMINISTRATOR ? "an " : "a ") + role.word();
  }

  private record Answer(Wire.JoinResponse response, IdentityFile identity) {}

  private static JoinToken decode(String token) throws JoinFailed {
    try {
      return JoinToken.decode(token);
    } catch (IOException e) {
      throw new JoinFailed(said(e), "make one with \"farmctl token create\"", e);
    }
  }

  private static FarmHome sameFarm(FarmHome home, JoinToken token) throws JoinFailed {
    requireSame(home.identity(), token, home.directory());
    return home;
  }

  private static void requireSame(IdentityFile identity, JoinToken token, Path place)
      throws JoinFailed {
    try {
      if (!identity.knows(token.fingerprint())) {
        throw new JoinFailed(
            place + " already belongs to farm " + identity.farm() + ", the token is of another",
            "name another place, or remove this one if it shall leave " + identity.farm());
      }
    } catch (GeneralSecurityException e) {
      throw new JoinFailed(
          place + " holds an identity that cannot be read",
          "restore it from a backup, or remove it and join again",
          e);
    }
  }

  private static Answer ask(JoinToken token, @Nullable String wish, Path keptIn)
      throws JoinFailed, IOException {
    String name = Names.nearest(wish == null ? hostName() : wish, "node");
    KeyRequest key = key(keptIn, name);
    try {
      Wire.JoinResponse response =
          send(token, new Wire.JoinRequest(token.secret(), key.csrPem(), name));
      IdentityFile identity =
          new IdentityFile(
              response.farm(),
              response.id(),
              List.of(token.coordinator()),
              key.keyPem(),
              response.certificate(),
              response.caCertificate());
      if (!Certificates.fingerprint(identity.caCertificate()).equals(token.fingerprint())) {
        throw new JoinFailed(
            "the coordinator answered with a CA other than its own",
            "tell whoever runs " + token.coordinator());
      }
      return new Answer(response, identity);
    } catch (GeneralSecurityException e) {
      throw new JoinFailed("this machine cannot use the answer: " + said(e), "check its JDK", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JoinFailed("interrupted while joining", "start again", e);
    } catch (IOException e) {
      throw unreachable(token, e);
    }
  }

  private static KeyRequest key(Path file, String name) throws JoinFailed, IOException {
    try {
      return KeyRequest.kept(file, name);
    } catch (GeneralSecurityException e) {
      throw new JoinFailed("this machine cannot make a key: " + said(e), "check its JDK", e);
    }
  }

  private static Wire.JoinResponse send(JoinToken token, Wire.JoinRequest request)
      throws IOException, InterruptedException, GeneralSecurityException, JoinFailed {
    SSLContext tls = SSLContext.getInstance("TLSv1.3");
    tls.init(null, new TrustManager[] {new TokenTrust(token.fingerprint())}, null);
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(tls)
            .build()) {
      HttpResponse<byte[]> answer =
          BoundedCall.send(
              http,
              HttpRequest.newBuilder(address(token))
                  .timeout(ANSWER)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(WireJson.write(request)))
                  .build(),
              MAX_ANSWER_BYTES,
              ANSWER);
      if (answer.statusCode() == 200) {
        return WireJson.read(answer.body(), Wire.JoinResponse.class);
      }
      Wire.ErrorResponse error = WireJson.read(answer.body(), Wire.ErrorResponse.class);
      throw new JoinFailed(error.error(), error.hint());
    }
  }

  private static URI address(JoinToken token) throws JoinFailed {
    try {
      return URI.create("https://" + token.coordinator() + "/v1/join");
    } catch (IllegalArgumentException e) {
      throw new JoinFailed(
          "the token names no usable coordinator address", "make another token", e);
    }
  }

  private static JoinFailed unreachable(JoinToken token, IOException failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof TokenTrust.OtherFarm) {
        return new JoinFailed(
            token.coordinator() + " is not of the farm this token is for: " + said(e),
            "make another token on the farm you mean; if it has not changed its CA since this one was made,"
                + " somebody may sit in between",
            failure);
      }
    }
    return new JoinFailed(
        "no answer from the coordinator " + token.coordinator() + ": " + said(failure),
        "check that it runs and that this machine reaches that address",
        failure);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "node";
    }
  }

  private static String said(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
