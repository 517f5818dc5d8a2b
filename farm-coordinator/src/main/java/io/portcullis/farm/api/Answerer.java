package io.portcullis.farm.api;

import io.portcullis.farm.api.AdminServer.Answer;
import io.portcullis.farm.api.AdminServer.Routes;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.FarmTrust;
import io.portcullis.farm.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns a request into the bytes of its answer, whatever happens meanwhile; every failure is one with the way out. For many threads.
///
/// @param trust whose certificates count now
record Answerer(Routes routes, Supplier<FarmTrust> trust) {
  private static final Logger LOG = LoggerFactory.getLogger(Answerer.class);

  /// A request that is whole.
  ///
  /// @param target as it came
  /// @param session of the connection it came on
  record Question(
      String method,
      String target,
      SSLSession session,
      InetAddress from,
      ByteArrayInputStream body) {}

  /// What is sent.
  ///
  /// @param json empty if there is nothing to say
  record Reply(int status, Optional<byte[]> json) {
    static Reply of(Answer answer) {
      return new Reply(answer.status(), Optional.ofNullable(answer.body()).map(WireJson::write));
    }

    static Reply error(int status, String message, String hint) {
      return of(Answer.error(status, message, hint));
    }

    static Reply of(Refusal refusal) {
      return error(refusal.status(), message(refusal), refusal.hint());
    }
  }

  /// Who is at the other end, by a certificate that counts now.
  Optional<Caller> caller(SSLSession session) throws Refusal {
    return Caller.of(session, trust.get());
  }

  Reply reply(Question question) {
    try {
      return Reply.of(
          routes.answer(
              AdminRequest.of(
                  question.method(),
                  question.target(),
                  caller(question.session()),
                  question.from(),
                  question.body())));
    } catch (Refusal e) {
      return Reply.of(e);
    } catch (StoreException e) {
      LOG.warn("store: {}", message(e), e.getCause());
      return storeFailed(e);
    } catch (IOException e) {
      return Reply.error(400, message(e), "use the farmctl of this release");
    } catch (GeneralSecurityException | RuntimeException | Error e) {
      LOG.error("{} {} failed", question.method(), question.target(), e);
      return Reply.error(500, "the coordinator failed: " + e, "see its log");
    }
  }

  private static Reply storeFailed(StoreException e) {
    return switch (e.kind()) {
      case UNREACHABLE ->
          Reply.error(
              503,
              "the farm's store does not answer: " + message(e),
              "nodes keep serving; check the coordinator's disk and log, then try again");
      case DENIED -> Reply.error(500, message(e), "see the coordinator's log");
      case BAD_DATA, DEPOSED -> Reply.error(500, message(e), "see the coordinator's log");
    };
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
