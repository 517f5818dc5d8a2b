package io.portcullis.perf.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Load is sent only where its owner wants it: to hosts named one by one, or to hosts that serve the secret of a token file.
///
/// The secret is never sent, only compared, so a server that echoes requests cannot agree by accident.
final class Permission {

  /// Where a target shows that it agrees.
  static final String PATH = "/.well-known/portcullis-perf.txt";

  /// Shorter ones could stand in a page by chance.
  private static final int MIN_TOKEN = 16;

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Permission() {}

  /// @param allowed hosts that the operator named with `--allow`
  /// @param tokenFile file whose content the others must serve at `PATH`, or null
  /// @throws IOException if any host has not agreed, naming each and the way out
  static void require(LoadPlan plan, List<String> allowed, @Nullable Path tokenFile)
      throws IOException, InterruptedException {
    Set<String> missing = new TreeSet<>();
    for (String host : plan.site().hosts()) {
      if (allowed.stream().noneMatch(host::equalsIgnoreCase)) {
        missing.add(host);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    if (tokenFile == null) {
      throw new IOException(
          "no load without consent: %s\nEither name each host with --allow HOST, or let it serve a file of yours at %s and name that file with --token FILE"
              .formatted(String.join(", ", missing), PATH));
    }
    String token = Files.readString(tokenFile).strip();
    if (token.length() < MIN_TOKEN) {
      throw new IOException(
          tokenFile
              + " holds fewer than "
              + MIN_TOKEN
              + " characters; make one: openssl rand -hex 16");
    }
    for (String host : missing) {
      if (isConnectHost(plan.site(), host)) {
        continue; // the address behind the names, which are asked
      }
      confirm(plan, host, token);
    }
  }

  private static boolean isConnectHost(Site site, String host) {
    return Stream.of(site.web(), site.discover(), site.meet()).noneMatch(host::equalsIgnoreCase);
  }

  private static void confirm(LoadPlan plan, String host, String token)
      throws IOException, InterruptedException {
    StringBuilder served = new StringBuilder();
    UserModel asking =
        new UserModel() {
          @Override
          public Connections connections() {
            return Connections.NEW;
          }

          @Override
          public Journey begin(long user) {
            return last -> {
              if (last != null) {
                served.append(last.body().strip());
                return null;
              }
              return user > 0 ? null : Request.get("consent", host, PATH).keepingAnswer();
            };
          }
        };
    LoadResult result = new LoadRun(plan.once("consent", asking, LIMIT)).run(_ -> {});
    if (!same(served.toString(), token)) {
      String what =
          result.answered() > 0
              ? "serves something else"
              : "ended as " + String.join(", ", result.errors().keySet());
      throw new IOException(
          "%s has not agreed to be loaded: GET %s %s. Let it serve the content of the token file there, or name it with --allow %s"
              .formatted(host, PATH, what, host));
    }
  }

  private static boolean same(String served, String token) {
    return MessageDigest.isEqual(
        served.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
  }
}
