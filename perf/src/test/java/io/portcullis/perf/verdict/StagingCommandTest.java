package io.portcullis.perf.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The whole command on a server whose errors are counted out: every fiftieth answer, once they begin.
class StagingCommandTest {

  @TempDir private Path directory;
  private HttpServer server;
  private final AtomicInteger answers = new AtomicInteger();
  private volatile boolean failing;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          int status = failing && answers.incrementAndGet() % 50 == 0 ? 503 : 200;
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int run(String... arguments) {
    String[] usual = {
      "--target", "http://webext01.contoso.com",
      "--connect", "127.0.0.1:" + server.getAddress().getPort(),
      "--allow", "webext01.contoso.com",
      "--allow", "127.0.0.1",
      "--model", "small",
      "--path", "/",
      "--rate", "1000",
      "--duration", "1s",
      "--timeout", "1m",
      "--report", directory.resolve("report").toString()
    };
    String[] all = new String[usual.length + arguments.length];
    System.arraycopy(usual, 0, all, 0, usual.length);
    System.arraycopy(arguments, 0, all, usual.length, arguments.length);
    return new CommandLine(new StagingCommand()).execute(all);
  }

  @Test
  void twoPercentOfErrorsFailAgainstASavedBaseline() {
    String baseline = directory.resolve("base.json").toString();
    assertThat(run("--save", baseline)).isZero();
    failing = true;
    assertThat(run("--baseline", baseline)).isEqualTo(1);
    assertThat(directory.resolve("report.html"))
        .content()
        .contains("✗ worse", "status-503", "Against the baseline");
  }

  @Test
  void withoutABaselineOrAPlaceToSaveOneItIsWrongUsage() {
    assertThat(run()).isEqualTo(2);
  }

  @Test
  void aFileThatIsNoBaselineIsSaidBeforeAnythingIsLoaded() {
    assertThat(run("--baseline", directory.resolve("absent.json").toString())).isEqualTo(1);
    assertThat(answers).hasValue(0);
    assertThat(directory.resolve("report.json")).doesNotExist();
  }
}
