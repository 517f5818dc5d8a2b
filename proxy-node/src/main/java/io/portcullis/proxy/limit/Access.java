package io.portcullis.proxy.limit;

import io.portcullis.proxy.persistence.SourceKey;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who may use a listener, and how much. Every node counts for itself.
///
/// @param listener null where nothing is limited
/// @param rules by name; a rule that is open to all is absent
public record Access(@Nullable ListenerLimits listener, Map<String, RuleLimits> rules) {

  public static final Access OPEN = new Access(null, Map.of());

  /// One IPv4 address is a source, and of IPv6 what a site gets for one network of its own (RFC 6177): whoever has a /64 has
  /// as many addresses as he likes.
  private static final int IPV4_PREFIX = 32;

  private static final int IPV6_PREFIX = 64;

  public Access {
    rules = Map.copyOf(rules);
  }

  /// What becomes of a request.
  public enum Verdict {
    ADMITTED,
    /// The source may not use the rule.
    DENIED,
    /// The source, or the rule, had as many requests as it may in this second.
    LIMITED
  }

  public static long sourceOf(InetAddress address) {
    return SourceKey.of(address, IPV4_PREFIX, IPV6_PREFIX);
  }

  /// @param rule that decided about the request
  public Verdict request(InetAddress address, String rule) {
    RuleLimits own = rules.isEmpty() ? null : rules.get(rule);
    if (own != null && !own.admits(address)) {
      return Verdict.DENIED;
    }
    long source = sourceOf(address);
    boolean within =
        (listener == null || listener.allowsRequest(source))
            && (own == null || own.allowsRequest(source));
    return within ? Verdict.ADMITTED : Verdict.LIMITED;
  }

  public boolean isOpen() {
    return listener == null && rules.isEmpty();
  }
}
