package io.portcullis.proxy.limit;

import java.net.InetAddress;

/// Who may use a rule, and how often, on this node.
///
/// @param allowed when it names any network, only these
/// @param denied these never
/// @param perSource requests of one source per second; 0 = no limit
/// @param total requests of all sources per second; 0 = no limit
public record RuleLimits(Cidrs allowed, Cidrs denied, int perSource, int total, Tables tables) {

  /// All requests of a rule count as those of one source.
  private static final long EVERYBODY = 0;

  /// What has been counted; it outlives snapshots.
  public record Tables(SourceRates perSource, SourceRates total) {
    public Tables() {
      this(new SourceRates(System::nanoTime), new SourceRates(System::nanoTime));
    }
  }

  public boolean admits(InetAddress source) {
    return !denied.contains(source) && (allowed.isEmpty() || allowed.contains(source));
  }

  /// The source's own limit first: what it refuses does not count against all.
  public boolean allowsRequest(long source) {
    return (perSource == 0 || tables.perSource.allows(source, perSource))
        && (total == 0 || tables.total.allows(EVERYBODY, total));
  }
}
