package io.portcullis.perf.load;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A mobile client (UCWA, "Create an application", "Events"): a token, an application, something that happens, the event
/// request that is answered with it, and another that the pool holds until the client leaves.
final class UcwaJourney implements UserModel.Journey {

  private static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");
  private static final Pattern EVENTS = Pattern.compile("\"events\":\\{\"href\":\"([^\"]+)\"");
  private static final String APPLICATIONS = "/ucwa/oauth/v1/applications";

  /// The shortest `timeout` that UCWA allows an event request.
  private static final Duration POLL = Duration.ofMinutes(3);

  /// A guest of a meeting: no password to spread in a test.
  private static final String GRANT = "grant_type=urn%3Amicrosoft.rtc%3Aanonmeeting";

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JSON = "application/json";

  private final String host;
  private int step;
  private String authorization = "";
  private String events = "";

  UcwaJourney(String host) {
    this.host = host;
  }

  @Override
  public @Nullable Request next(@Nullable Answer last) {
    return switch (step++) {
      case 0 -> token();
      case 1 -> application(last);
      case 2 -> presence(last);
      case 3 -> poll("ucwa-events", Duration.ZERO);
      case 4 -> poll("ucwa-held-events", POLL);
      default -> null;
    };
  }

  private Request token() {
    return Request.post("ucwa-token", host, "/webticket/oauthtoken", FORM, GRANT).keepingAnswer();
  }

  private Request application(@Nullable Answer last) {
    authorization = "Bearer " + found(TOKEN, last);
    return Request.post("ucwa-application", host, APPLICATIONS, JSON, "{}")
        .with("Authorization", authorization)
        .expecting(201)
        .keepingAnswer();
  }

  private Request presence(@Nullable Answer last) {
    events = found(EVENTS, last);
    String me = events.contains("/events") ? events.substring(0, events.indexOf("/events")) : "/";
    return Request.post("ucwa-presence", host, me + "/me/makeMeAvailable", JSON, "{}")
        .with("Authorization", authorization);
  }

  private Request poll(String operation, Duration hold) {
    return Request.get(operation, host, events + "&timeout=" + POLL.toSeconds())
        .with("Authorization", authorization)
        .held(hold);
  }

  /// What the answer lacks, the next request is refused for, which is counted there.
  private static String found(Pattern pattern, @Nullable Answer answer) {
    Matcher matcher = pattern.matcher(answer == null ? "" : answer.body());
    return matcher.find() ? matcher.group(1) : "";
  }
}
