package io.portcullis.farm.acme;

import io.portcullis.farm.model.Acme;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Certificate;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.TokenChallenge;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeServerException;

/// One authority, spoken to as one account. For one thread.
///
/// Orders are known by their URL, so that whoever leads next goes on where this one stopped. Calls end within
/// [BoundedClient#PATIENCE] for each request.
public final class Authority implements AutoCloseable {
  private final String directory;
  private final AuthorityProvider provider;
  private final Login login;
  private Instant askAgain = Instant.EPOCH;

  private Authority(String directory, AuthorityProvider provider, Login login) {
    this.directory = directory;
    this.provider = provider;
    this.login = login;
  }

  private interface Call<T> {
    T run() throws AcmeException, AcmeFailure, IOException;
  }

  /// Makes the account, or finds it again by its key (RFC 8555 §7.3.1).
  ///
  /// @param accountKey as [KeyText] makes it
  public static Authority open(Acme acme, String accountKey) throws AcmeFailure {
    AuthorityProvider provider = AuthorityProvider.trusting(acme.trust());
    try {
      return call(
          acme.directory(),
          () -> {
            Session session = new Session(URI.create(acme.directory()), provider);
            session.networkSettings().setTimeout(BoundedClient.PATIENCE);
            AccountBuilder account =
                new AccountBuilder().agreeToTermsOfService().useKeyPair(KeyText.pair(accountKey));
            if (acme.email() != null) {
              account.addEmail(acme.email());
            }
            return new Authority(acme.directory(), provider, account.createLogin(session));
          });
    } catch (AcmeFailure e) {
      provider.close();
      throw e;
    }
  }

  private static <T> T call(String directory, Call<T> call) throws AcmeFailure {
    try {
      return call.run();
    } catch (AcmeException | IOException | RuntimeException e) {
      // acme4j throws unchecked exceptions at what no authority should answer.
      throw AcmeFailure.of(directory, e);
    }
  }

  /// @return the URL of a new order
  public String order(List<String> names) throws AcmeFailure {
    return call(
        directory, () -> login.newOrder().domains(names).create().getLocation().toExternalForm());
  }

  /// When the authority wants to be looked at again; in the past if it does not care.
  public Instant askAgain() {
    return askAgain;
  }

  /// How far an order is.
  ///
  /// @param kind of the challenges that the farm answers
  public Stage look(String url, Acme.Challenge kind) throws AcmeFailure {
    return call(
        directory,
        () -> {
          Order order = fetched(url);
          return switch (order.getStatus()) {
            case PENDING -> pending(order, kind);
            case READY -> new Stage.Ready();
            case PROCESSING -> new Stage.Wait();
            case VALID -> new Stage.Issued();
            default -> new Stage.Failed(whyInvalid(order, kind));
          };
        });
  }

  private Order fetched(String url) throws AcmeException, AcmeFailure {
    Order order = login.bindOrder(location(url));
    askAgain = order.fetch().orElse(Instant.EPOCH);
    return order;
  }

  private static URL location(String url) throws AcmeFailure {
    try {
      return URI.create(url).toURL();
    } catch (IOException | IllegalArgumentException e) {
      throw new AcmeFailure("an order's address is not a URL: " + url);
    }
  }

  private static Stage pending(Order order, Acme.Challenge kind) throws AcmeException, AcmeFailure {
    List<Stage.Proof> proofs = new ArrayList<>();
    for (Authorization authorization : order.getAuthorizations()) {
      authorization.fetch();
      if (authorization.getStatus() == Status.VALID) {
        continue;
      }
      String name = authorization.getIdentifier().getDomain().toLowerCase(Locale.ROOT);
      TokenChallenge challenge = challenge(authorization, name, kind);
      if (challenge.getStatus() == Status.INVALID || authorization.getStatus() == Status.INVALID) {
        return new Stage.Failed(why(name, challenge));
      }
      if (challenge.getStatus() == Status.PENDING) {
        proofs.add(new Stage.Proof(name, token(challenge), challenge.getAuthorization()));
      }
    }
    return proofs.isEmpty() ? new Stage.Wait() : new Stage.Prove(proofs);
  }

  /// The token is the key authorization up to its dot (RFC 8555 §8.1); tokens have none.
  private static String token(TokenChallenge challenge) {
    String content = challenge.getAuthorization();
    return content.substring(0, content.indexOf('.'));
  }

  private static TokenChallenge challenge(
      Authorization authorization, String name, Acme.Challenge kind) throws AcmeFailure {
    for (Challenge offered : authorization.getChallenges()) {
      if (offered.getType().equals(kind.word()) && offered instanceof TokenChallenge wanted) {
        return wanted;
      }
    }
    throw new AcmeFailure(
        "%s: the authority offers no %s, but %s"
            .formatted(
                name,
                kind.word(),
                String.join(
                    ", ",
                    authorization.getChallenges().stream().map(Challenge::getType).toList())));
  }

  private static String whyInvalid(Order order, Acme.Challenge kind) throws AcmeException {
    List<String> why = new ArrayList<>();
    for (Authorization authorization : order.getAuthorizations()) {
      authorization.fetch();
      for (Challenge challenge : authorization.getChallenges()) {
        if (challenge.getType().equals(kind.word()) && challenge.getStatus() == Status.INVALID) {
          why.add(why(authorization.getIdentifier().getDomain(), challenge));
        }
      }
    }
    Optional<Problem> whole = order.getError();
    if (why.isEmpty() && whole.isPresent()) {
      why.add(AcmeFailure.words(whole.get()));
    }
    return why.isEmpty()
        ? "the authority calls the order " + order.getStatus().name().toLowerCase(Locale.ROOT)
        : String.join("; ", why);
  }

  private static String why(String name, Challenge challenge) {
    return name + ": " + challenge.getError().map(AcmeFailure::words).orElse("not proved");
  }

  /// Asks the authority to look at every challenge that waits.
  public void validate(String url, Acme.Challenge kind) throws AcmeFailure {
    boolean _ =
        call(
            directory,
            () -> {
              for (Authorization authorization : fetched(url).getAuthorizations()) {
                authorization.fetch();
                Challenge challenge =
                    challenge(authorization, authorization.getIdentifier().getDomain(), kind);
                if (authorization.getStatus() == Status.PENDING
                    && challenge.getStatus() == Status.PENDING) {
                  challenge.trigger();
                }
              }
              return true;
            });
  }

  /// Sends the request for the certificate, unless it has been sent: by a leader that lost its seat at that moment, or by us, and the answer
  /// did not come.
  ///
  /// @param key as [KeyText] makes it
  public void finish(String url, String key) throws AcmeFailure {
    boolean _ =
        call(
            directory,
            () -> {
              Order order = fetched(url);
              try {
                if (!isSent(order)) {
                  order.execute(KeyText.pair(key));
                }
              } catch (AcmeServerException e) {
                order.fetch();
                if (!isSent(order)) {
                  throw e;
                }
              }
              return true;
            });
  }

  private static boolean isSent(Order order) {
    return order.getStatus() == Status.PROCESSING || order.getStatus() == Status.VALID;
  }

  /// @return PEM, the certificate first
  public String chain(String url) throws AcmeFailure {
    return call(
        directory,
        () -> {
          Certificate certificate = fetched(url).getCertificate();
          certificate.download();
          StringWriter pem = new StringWriter();
          certificate.writeCertificate(pem);
          return pem.toString();
        });
  }

  @Override
  public void close() {
    provider.close();
  }
}
