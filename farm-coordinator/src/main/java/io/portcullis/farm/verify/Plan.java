package io.portcullis.farm.verify;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.LyncTopology;
import java.io.IOException;
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
/// @param dns where names have to lead, and who is asked
/// @param names how members are found from here
/// @param heldPath a path that answers late, to see whether held requests survive; null = not looked at
/// @param signIn who signs in by NTLM; null = only the challenge is looked at
/// @param patience how long an answer may take
public record Plan(
    LyncTopology lync,
    FarmConfig expanded,
    List<Entrance> entrances,
    @Nullable String publicTrust,
    Map<String, String> memberTrust,
    Dns dns,
    Names names,
    @Nullable String heldPath,
    @Nullable SignIn signIn,
    Duration patience,
    InstantSource clock) {
  public Plan {
    entrances = List.copyOf(entrances);
    memberTrust = Map.copyOf(memberTrust);
  }

  /// @param http 0 if there is no clear listener
  public record Entrance(String name, String address, int https, int http) {}

  /// @param addresses where public names have to lead; empty = records outside are not looked at
  /// @param insideAddresses where they have to lead for the inside; empty = not looked at
  /// @param outside resolves as the world outside does
  /// @param inside resolves as the inside does; null = records inside are not looked at
  /// @param aliases names of the inside, and the name each has to share its addresses with
  public record Dns(
      List<String> addresses,
      List<String> insideAddresses,
      Names outside,
      @Nullable Names inside,
      Map<String, String> aliases) {
    public Dns {
      addresses = List.copyOf(addresses);
      insideAddresses = List.copyOf(insideAddresses);
      aliases = Map.copyOf(aliases);
    }
  }

  /// Resolves names.
  @FunctionalInterface
  public interface Names {
    /// Empty if there is no such name.
    ///
    /// @throws IOException if nobody could be asked
    List<InetAddress> resolve(String name) throws IOException;
  }
}
