package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.Behaviour;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that is told to go answers what it holds first. A drain of the farm works the same, with 1800 s as its cap
/// (`DrainageTest` of the node); here the cap is that of `--drain-seconds`.
final class DrainedPollTest {
  private static final String WEB = "https://webext01.contoso.com";

  @TempDir private Path directory = Path.of("");
  private Published published;

  @BeforeEach
  void start() throws Exception {
    published = new Published(directory, Behaviour.DEFAULT, document -> document, 1800);
    published.awaitMeet();
  }

  @AfterEach
  void stop() throws Exception {
    published.stop();
  }

  @Test
  void anEventRequestThatIsHeldWhenTheNodeIsToldToGoIsStillAnswered() throws Exception {
    String bearer =
        "Authorization: Bearer "
            + first(
                "\"access_token\":\"([^\"]+)\"",
                published.curl(
                    WEB + "/WebTicket/oauthtoken",
                    "-d",
                    "grant_type=password&username=alice&password=Passw0rd!"));
    String self =
        first(
            "Location: (\\S+)",
            published.curl(WEB + "/ucwa/oauth/v1/applications", "-H", bearer, "-d", "{}"));
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> held =
          thread.submit(
              () -> published.curl(WEB + self + "/events?ack=1&timeout=1800", "-H", bearer));
      eventually(() -> published.pool.members().get(1).pending() == 1);

      Process node = published.terminate();
      eventually(() -> !published.curl(WEB + "/meet").startsWith("HTTP/1.1"));
      assertThat(node.isAlive()).isTrue();
      assertThat(held.isDone()).isFalse();
      published.direct(1, self + "/me/note", "-H", bearer, "-d", "{}");

      assertThat(held.get(30, TimeUnit.SECONDS))
          .startsWith("HTTP/1.1 200")
          .contains("\"sender\"")
          .containsIgnoringCase("connection: close");
      assertThat(node.waitFor(30, TimeUnit.SECONDS)).as("it ends when nothing runs").isTrue();
    }
  }

  private static String first(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
    }
  }
}
