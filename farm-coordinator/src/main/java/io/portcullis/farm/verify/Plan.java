package io.portcullis.farm.verify;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.LyncTopology;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is to be verified, and from where.
///
/// @param expanded what nodes run
/// @param entrances nodes, or virtual addresses, as clients reach them
/// @param publicTrust PEM of further roots that issued the public certificate; null = those of the system
/// @param memberTrust PEM bundle by pool name
/// @param addresses where public names have to lead; empty = DNS is not looked at
/// @param heldPath a path that answers late, to see whether held requests survive; null = not looked at
/// @param signIn who signs in by NTLM; null = only the challenge is looked at
/// @param patience how long an answer may take
public record Plan(
    LyncTopology lync,
    FarmConfig expanded,
    List<Entrance> entrances,
    @Nullable String publicTrust,
    Map<String, String> memberTrust,
    List<String> addresses,
    Names names,
    @Nullable String heldPath,
    @Nullable SignIn signIn,
    Duration patience,
    InstantSource clock) {
  public Plan {
    entrances = List.copyOf(entrances);
    memberTrust = Map.copyOf(memberTrust);
    addresses = List.copyOf(addresses);
  }

  /// @param http 0 if there is no clear listener
  public record Entrance(String name, String address, int https, int http) {}

  /// Resolves names, as the world outside does.
  @FunctionalInterface
  public interface Names {
    /// Empty if there is no such name.
    List<InetAddress> resolve(String name);
  }
}
