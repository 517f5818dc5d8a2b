package io.portcullis.perf.load;

import io.portcullis.farm.verify.SignIn;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Accounts lock after a few wrong passwords, and load is thousands: one sign-in goes ahead of it.
final class Password {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Password() {}

  /// @param who null tries nothing
  /// @throws IOException if that one is not answered as it should be
  static void tryOnce(LoadPlan plan, @Nullable SignIn who)
      throws IOException, InterruptedException {
    if (who == null) {
      return;
    }
    UserModel first =
        new UserModel() {
          @Override
          public Connections connections() {
            return Connections.NEW;
          }

          @Override
          public Journey begin(long user) {
            return user > 0 ? _ -> null : new NtlmSignIn(plan.site(), who);
          }
        };
    LoadResult result = new LoadRun(plan.once("sign-in", first, LIMIT)).run(_ -> {});
    if (!result.errors().isEmpty()) {
      String where =
          result.operations().entrySet().stream()
              .filter(operation -> operation.getValue().failed() > 0)
              .map(operation -> operation.getKey() + " ended as " + operation.getValue().errors())
              .findFirst()
              .orElseThrow();
      throw new IOException(
          "one sign-in went ahead of the load, and %s; nothing was loaded, since accounts lock. See --user, --password-file"
              .formatted(where));
    }
  }
}
