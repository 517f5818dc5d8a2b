package io.portcullis.farm.model;

import java.time.Duration;
import java.util.List;

/// Public names and paths on a listener, and what becomes of a request that matches.
///
/// @param publicNames exact host names, lower case, `*.example.com` for one label, or `*` for any name
/// @param paths path prefixes, matched case-insensitively at segment borders against the decoded path; `/` is everything
/// @param deny path prefixes under this rule that are refused with 404 whatever `paths` says
/// @param dropAuthorization true removes the Authorization header (the port-80 discovery rule must never carry credentials)
/// @param access who may use it, and how often
/// @param policy what most rules leave as it is
public record PublishingRule(
    String name,
    String listener,
    List<String> publicNames,
    List<String> paths,
    List<String> deny,
    Action action,
    boolean dropAuthorization,
    Policy policy,
    Access access) {

  public PublishingRule {
    publicNames = List.copyOf(publicNames);
    paths = List.copyOf(paths);
    deny = List.copyOf(deny);
  }

  /// A rule that is open to all.
  public PublishingRule(
      String name,
      String listener,
      List<String> publicNames,
      List<String> paths,
      List<String> deny,
      Action action,
      boolean dropAuthorization,
      Policy policy) {
    this(name, listener, publicNames, paths, deny, action, dropAuthorization, policy, Access.OPEN);
  }

  /// Who may use a rule, and how often, on each node.
  ///
  /// @param allowSources networks or addresses; when any is given, all others get 403
  /// @param denySources networks or addresses that get 403 whatever `allowSources` says
  /// @param requestsPerSource per second, of one IPv4 address or IPv6 /64; 0 = no limit
  /// @param requests per second, of all sources together; 0 = no limit
  public record Access(
      List<String> allowSources, List<String> denySources, int requestsPerSource, int requests) {
    public static final Access OPEN = new Access(List.of(), List.of(), 0, 0);

    public Access {
      allowSources = List.copyOf(allowSources);
      denySources = List.copyOf(denySources);
    }
  }

  public PublishingRule withAccess(Access next) {
    return new PublishingRule(
        name, listener, publicNames, paths, deny, action, dropAuthorization, policy, next);
  }

  /// A rule with the usual policy.
  public PublishingRule(
      String name,
      String listener,
      List<String> publicNames,
      List<String> paths,
      List<String> deny,
      Action action,
      boolean dropAuthorization) {
    this(name, listener, publicNames, paths, deny, action, dropAuthorization, Policy.DEFAULT);
  }

  public PublishingRule withPolicy(Policy next) {
    return new PublishingRule(
        name, listener, publicNames, paths, deny, action, dropAuthorization, next, access);
  }

  /// What clients may do under a rule beyond plain requests.
  ///
  /// @param http2 HTTP/2 is offered for a public name if every rule of that name says so; NTLM and Negotiate cannot pass over it
  /// @param upgrade to what a client may switch its connection
  /// @param forwardedHeaders what members are told of clients
  /// @param forwardedFrom networks whose own forwarding headers stay when ours are appended
  public record Policy(
      boolean http2,
      Upgrade upgrade,
      ForwardedHeaders forwardedHeaders,
      List<String> forwardedFrom) {
    public static final Policy DEFAULT = new Policy(false);

    public Policy {
      forwardedFrom = List.copyOf(forwardedFrom);
    }

    public Policy(boolean http2, Upgrade upgrade) {
      this(http2, upgrade, ForwardedHeaders.OFF, List.of());
    }

    public Policy(boolean http2) {
      this(http2, Upgrade.NONE);
    }
  }

  /// `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded` (RFC 7239). Those that clients send go in every case but one.
  public enum ForwardedHeaders {
    /// None. IIS and Lync do not read them, and what nobody reads nobody can be deceived by.
    OFF("off"),
    /// Ours behind those of the networks in `forwardedFrom`; for others as [#REPLACE].
    APPEND("append"),
    /// Ours only.
    REPLACE("replace");

    private final String word;

    ForwardedHeaders(String word) {
      this.word = word;
    }

    /// As the document says it.
    public String word() {
      return word;
    }
  }

  /// Protocols that take over a connection after a 101 (RFC 9110 §7.8); the proxy then carries bytes and reads none of them.
  ///
  /// @param protocols values of the Upgrade header that are passed on, such as `websocket`; all others are removed from the request
  /// @param idle longest silence on such a connection, in both directions together
  public record Upgrade(List<String> protocols, Duration idle) {
    /// No protocol; half an hour, as for kept connections, where a document names protocols only.
    public static final Upgrade NONE = new Upgrade(List.of(), Duration.ofMinutes(30));

    public Upgrade {
      protocols = List.copyOf(protocols);
    }
  }

  /// What a matching request gets.
  public sealed interface Action {
    /// Forwarded to a pool.
    record ToPool(String pool) implements Action {}

    /// 301 to the same host, path and query over HTTPS.
    record RedirectToHttps() implements Action {}

    /// A fixed answer without a body of ours beyond the status text.
    record Respond(int status) implements Action {}
  }
}
