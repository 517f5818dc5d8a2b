package io.portcullis.farm.acme;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.exception.AcmeUserActionRequiredException;

/// What an authority, or the way to it, refused. The message is for operators: one line of bounded length.
public final class AcmeFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /// Authorities write a sentence or two; what they write is shown on a terminal and kept in the store.
  static final int MOST_CHARACTERS = 600;

  private static final String ERRORS = "urn:ietf:params:acme:error:";

  private final transient @Nullable Instant retryAfter;

  AcmeFailure(String message) {
    this(message, null, null);
  }

  private AcmeFailure(String message, @Nullable Instant retryAfter, @Nullable Throwable cause) {
    super(oneLine(message), cause);
    this.retryAfter = retryAfter;
  }

  static AcmeFailure of(String authority, Exception e) {
    return switch (e) {
      case AcmeFailure known -> known;
      case AcmeRateLimitedException limited ->
          new AcmeFailure(words(limited.getProblem()), limited.getRetryAfter().orElse(null), e);
      case AcmeUserActionRequiredException asked ->
          new AcmeFailure(
              "%s; see %s"
                  .formatted(
                      words(asked.getProblem()),
                      asked.getTermsOfServiceUri().map(String::valueOf).orElse(authority)),
              null,
              e);
      case AcmeServerException said -> new AcmeFailure(words(said.getProblem()), null, e);
      case AcmeNetworkException _ ->
          new AcmeFailure("%s cannot be reached: %s".formatted(authority, obstacle(e)), null, e);
      default ->
          new AcmeFailure(
              "%s does not speak ACME as expected: %s".formatted(authority, root(e)), null, e);
    };
  }

  /// What stood in the way, by the innermost cause that says it.
  private static String obstacle(Throwable e) {
    String words = root(e);
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      words =
          switch (cause) {
            case UnresolvedAddressException _, UnknownHostException _ ->
                "DNS does not know its name; check the name servers of the coordinators";
            case ConnectException _ ->
                "nobody accepts the connection; check the way out of the coordinators' network";
            case SSLException untrusted ->
                "its TLS certificate is refused, %s; a private CA belongs in trustFile"
                    .formatted(untrusted.getMessage());
            case HttpTimeoutException late -> String.valueOf(late.getMessage());
            default -> words;
          };
    }
    return words;
  }

  private static String root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null || message.isBlank()
        ? root.getClass().getSimpleName()
        : root.getClass().getSimpleName() + ": " + message;
  }

  /// Detail, kind and part problems, as the authority wrote them (RFC 7807, RFC 8555 §6.7).
  static String words(Problem problem) {
    String kind = String.valueOf(problem.getType());
    String said = problem.getDetail().or(problem::getTitle).orElse("no details given");
    StringBuilder words = new StringBuilder(said);
    words
        .append(" (")
        .append(kind.startsWith(ERRORS) ? kind.substring(ERRORS.length()) : kind)
        .append(')');
    for (Problem part : problem.getSubProblems()) {
      words.append("; ");
      part.getIdentifier().ifPresent(name -> words.append(name.getValue()).append(": "));
      words.append(part.getDetail().or(part::getTitle).orElse(""));
    }
    return words.toString();
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "...";
  }

  /// When the authority wants to be asked again at the earliest.
  public Optional<Instant> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /// For operators.
  public String words() {
    return String.valueOf(getMessage());
  }
}
