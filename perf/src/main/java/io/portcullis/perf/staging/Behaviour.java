package io.portcullis.perf.staging;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a pool behaves beyond its names and ports.
///
/// @param version as in a farm's document: 2010, 2013, sfb2015, sfb2019, sfbse
/// @param directorName external web services name of the Directors
/// @param officeName external name of Office Web Apps
/// @param users passwords by user name, lower case; the domain is not looked at
/// @param homes external web services name of the home pool by user name, for users of other pools
/// @param pendingLimit UCWA requests per server in processing above which it answers 503; a Front End has 10,000
///     (Lync Server 2013, "Monitoring mobility service and UCWA usage")
/// @param mcxPendingLimit the same for Mcx; a Front End has 5,000
/// @param shortestPoll the least a UCWA event request waits (180 s in the UCWA reference)
/// @param consent served where `farmctl perf load` looks for its token; null serves nothing there
public record Behaviour(
    String version,
    String directorName,
    String officeName,
    Map<String, String> users,
    Map<String, String> homes,
    int pendingLimit,
    int mcxPendingLimit,
    Duration shortestPoll,
    @Nullable String consent) {

  public static final Behaviour DEFAULT =
      new Behaviour(
          "2013",
          "webdirext.contoso.com",
          "officewebapps01.contoso.com",
          Map.of("alice", "Passw0rd!", "bob", "Passw0rd!"),
          Map.of(),
          10_000,
          5_000,
          Duration.ofMinutes(3),
          null);

  public Behaviour {
    users = Map.copyOf(users);
    homes = Map.copyOf(homes);
  }

  public Behaviour withHomes(Map<String, String> map) {
    return new Behaviour(
        version,
        directorName,
        officeName,
        users,
        map,
        pendingLimit,
        mcxPendingLimit,
        shortestPoll,
        consent);
  }

  public Behaviour withUsers(Map<String, String> map) {
    return new Behaviour(
        version,
        directorName,
        officeName,
        map,
        homes,
        pendingLimit,
        mcxPendingLimit,
        shortestPoll,
        consent);
  }

  public Behaviour withPolls(int limit, Duration shortest) {
    return new Behaviour(
        version, directorName, officeName, users, homes, limit, mcxPendingLimit, shortest, consent);
  }

  public Behaviour withMcxLimit(int limit) {
    return new Behaviour(
        version,
        directorName,
        officeName,
        users,
        homes,
        pendingLimit,
        limit,
        shortestPoll,
        consent);
  }

  public Behaviour withVersion(String word) {
    return new Behaviour(
        word,
        directorName,
        officeName,
        users,
        homes,
        pendingLimit,
        mcxPendingLimit,
        shortestPoll,
        consent);
  }

  public Behaviour withConsent(String text) {
    return new Behaviour(
        version,
        directorName,
        officeName,
        users,
        homes,
        pendingLimit,
        mcxPendingLimit,
        shortestPoll,
        text);
  }

  /// Mcx went away with Skype for Business Server 2019.
  boolean hasMcx() {
    return !version.equals("sfb2019") && !version.equals("sfbse");
  }

  /// Skype for Business sends Strict-Transport-Security by itself (Set-CsWebServiceConfiguration).
  boolean hasHsts() {
    return version.startsWith("sfb");
  }

  /// Lync 2010 behind a hardware load balancer that keeps sessions by cookie.
  boolean hasWsmanCookie() {
    return version.equals("2010");
  }

  static String bare(String user) {
    String name = user.startsWith("sip:") ? user.substring(4) : user;
    int at = name.indexOf('@');
    return (at < 0 ? name : name.substring(0, at)).toLowerCase(Locale.ROOT);
  }
}
