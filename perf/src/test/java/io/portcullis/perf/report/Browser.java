package io.portcullis.perf.report;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/// Debian's Chromium without a window, for one page at a time.
public final class Browser {

  private static final int LIMIT_SECONDS = 120;

  private final Path directory;

  public Browser(Path directory) {
    this.directory = directory;
  }

  private static String program() throws IOException {
    return Stream.of("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "no Chromium here; install it: apt-get install chromium-headless-shell"));
  }

  /// @param dark what the reader prefers
  public BufferedImage picture(Path page, boolean dark) throws IOException, InterruptedException {
    Path picture = directory.resolve(dark ? "dark.png" : "light.png");
    run(page, dark, "--screenshot=" + picture);
    return ImageIO.read(picture.toFile());
  }

  /// The document after its scripts ran.
  public String document(Path page) throws IOException, InterruptedException {
    return run(page, false, "--dump-dom");
  }

  private String run(Path page, boolean dark, String what)
      throws IOException, InterruptedException {
    Path out = directory.resolve("browser.out");
    List<String> command = new ArrayList<>(List.of(program(), "--headless"));
    if (System.getProperty("user.name").equals("root")) {
      command.add("--no-sandbox"); // its sandbox refuses root; the page is ours
    }
    command.addAll(
        List.of(
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--user-data-dir=" + directory.resolve("profile"),
            "--window-size=1000,1400",
            "--hide-scrollbars",
            "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
            what,
            page.toUri().toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectError(directory.resolve("browser.err").toFile())
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the browser did not end within " + LIMIT_SECONDS + " s");
    }
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
