package io.portcullis.proxy;

import io.portcullis.farm.lync.LyncExpansion;
import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.config.FileSource;
import io.portcullis.proxy.config.Publisher;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.persistence.LocalBindings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongUnaryOperator;

/// A node on its own, with a document.
final class FileLink implements Source {

  private final Path file;
  private final FileSource source;
  private final LocalBindings bindings;
  private final PrintStream out;
  private final PrintStream err;

  FileLink(
      Path file,
      Publisher publisher,
      Bindings bindings,
      LongUnaryOperator idleMillis,
      PrintStream out,
      PrintStream err) {
    this.bindings = new LocalBindings(bindings, idleMillis, System::currentTimeMillis);
    this.file = file;
    this.source = new FileSource(file, LyncExpansion::expand, publisher);
    this.out = out;
    this.err = err;
  }

  @Override
  public void start() throws StartRefused, InterruptedException {
    List<Problem> problems = source.read();
    if (problems.stream().anyMatch(Problem::isError)) {
      throw new StartRefused(problems);
    }
    problems.forEach(err::println);
  }

  @Override
  public void reload() throws InterruptedException {
    List<Problem> problems = source.read();
    problems.forEach(err::println);
    if (problems.stream().anyMatch(Problem::isError)) {
      err.flush();
      out.println("refused " + file + ": still serving revision " + source.revision());
      out.flush();
    }
  }

  @Override
  public void pause() {}

  @Override
  public void close() {
    bindings.close();
  }
}
