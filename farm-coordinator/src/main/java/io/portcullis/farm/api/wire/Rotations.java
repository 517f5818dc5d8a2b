package io.portcullis.farm.api.wire;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the admin API says and is told of the farm key and the farm's CA.
public final class Rotations {
  private Rotations() {}

  /// @param id of the farm key that is asked for
  public record KeyQuestion(String id) {}

  /// @param key base64, for a machine of the farm only
  public record KeyAnswer(String key) {
    @Override
    public String toString() {
      return "KeyAnswer[hidden]";
    }
  }

  /// @param again give up the one that is on its way
  public record KeyRotation(boolean again) {}

  /// @param current name of the key that everything was sealed with last
  /// @param next name of the one on its way; null = none
  /// @param stage `settled`, `announced` (being handed out), `sealing` (everything is sealed anew)
  /// @param since of the stage
  /// @param waitingFor who is alive and has not followed
  public record FarmKeyStatus(
      String current, @Nullable String next, String stage, Instant since, List<String> waitingFor) {
    public FarmKeyStatus {
      waitingFor = List.copyOf(waitingFor);
    }
  }

  /// @param finish go on without whoever has not renewed; false = another CA is wanted
  public record FarmCaRotation(boolean finish) {}

  /// @param current SHA-256 fingerprint of the CA that was the farm's last
  /// @param next of the one on its way; null = none
  /// @param stage `settled`, `announced` (everybody learns to trust it), `renewing` (it signs; everybody gets an identity of it)
  /// @param since of the stage
  /// @param waitingFor who is there and about to follow
  /// @param toRenew who is away, and would have to join again if the rotation was finished now
  public record FarmCaStatus(
      String current,
      @Nullable String next,
      String stage,
      Instant since,
      List<String> waitingFor,
      List<String> toRenew) {
    public FarmCaStatus {
      waitingFor = List.copyOf(waitingFor);
      toRenew = List.copyOf(toRenew);
    }
  }
}
