package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.identity.FarmHome;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the others say of a machine that ZooKeeper does not let in.
public final class StillMember {
  private static final Logger LOG = LoggerFactory.getLogger(StillMember.class);

  private StillMember() {}

  /// Whether a coordinator says that this machine was removed. Nobody answers: it is not known, and so it was not.
  ///
  /// @param coordinators `host:port` of admin APIs
  public static boolean wasRemoved(FarmHome home, Collection<String> coordinators)
      throws InterruptedException {
    try {
      // The key it has already; the question behind it is who is handed one.
      String key = home.key().id();
      Rotations.KeyAnswer _ =
          new CoordinatorCall(home.identity(), coordinators)
              .post(
                  "/v1/farm-key/" + key, new Rotations.KeyQuestion(key), Rotations.KeyAnswer.class);
      return false;
    } catch (CoordinatorCall.Removed e) {
      return true;
    } catch (IOException | GeneralSecurityException e) {
      LOG.debug("no coordinator says whether this machine is of the farm", e);
      return false;
    }
  }
}
