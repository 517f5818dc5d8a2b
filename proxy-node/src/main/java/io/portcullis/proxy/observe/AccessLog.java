package io.portcullis.proxy.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jctools.queues.MpscArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a line for every exchange. Event loops put records into a bounded queue and never wait; one thread makes lines of them.
///
/// | field | owner |
/// |---|---|
/// | queue | many event loops put, the writer takes; when it is full the record is counted and gone |
/// | lines, file, format | the writer |
/// | reopen, closing | set by anybody, read by the writer |
///
/// The writer sleeps while there is nothing to do instead of being woken: a wake-up would cost every request a system call.
public final class AccessLog implements Observer, AutoCloseable {

  /// Where lines go.
  ///
  /// @param fileBytes a file that would grow beyond makes room for the next
  /// @param files how many to keep, the current one counted
  public record Settings(Path file, boolean w3c, long fileBytes, int files) {
    public Settings {
      if (fileBytes < LEAST_FILE_BYTES || files < 1) {
        throw new IllegalArgumentException("a log needs a file of some size");
      }
    }
  }

  /// Room for a sixth of a second at 100,000 requests a second, while the disk thinks; some 5 MB of ordinary records when full, and
  /// never more than 45 MB whatever clients send, because records are bounded too.
  private static final int QUEUE = 16 * 1024;

  /// Lines made in one go, and from how many records on nobody is let past any more.
  private static final int LINES_IN_A_GO = 16;

  private static final int MANY = QUEUE / 8;

  private static final int FLUSH_BYTES = 64 * 1024;
  private static final int LEAST_FILE_BYTES = 1024;

  /// How late a line may be, and how often an idle node looks.
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /// A full or missing disk is tried again this often.
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final byte[] NEW_LINE = {'\n'};
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

  private final MpscArrayQueue<AccessRecord> queue;
  private final LongAdder overflowed = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LogFormat format;
  private final LogFile file;
  private final Path path;
  private final LogBuffer lines = new LogBuffer(2 * FLUSH_BYTES);
  private final Thread writer;
  private volatile boolean reopen;
  private volatile boolean closing;
  private int waiting;
  private boolean broken;
  private long triedNanos;

  private AccessLog(Settings settings, Supplier<String> node, int capacity) {
    LogClock clock = new LogClock(System::currentTimeMillis, System::nanoTime);
    queue = new MpscArrayQueue<>(capacity);
    path = settings.file();
    format = (settings.w3c() ? LogFormat.Kind.W3C : LogFormat.Kind.JSON).of(node, clock);
    file = new LogFile(path, settings.fileBytes(), settings.files());
    writer = Thread.ofPlatform().name("portcullis-access-log").daemon().unstarted(this::run);
  }

  /// @param node what this node is called in every line
  /// @throws IOException if the file cannot be opened now; later trouble costs lines, never service
  public static AccessLog open(Settings settings, Supplier<String> node) throws IOException {
    return open(settings, node, QUEUE);
  }

  static AccessLog open(Settings settings, Supplier<String> node, int capacity) throws IOException {
    AccessLog log = new AccessLog(settings, node, capacity);
    log.openFile();
    log.writer.start();
    return log;
  }

  @Override
  public void ended(AccessRecord exchange) {
    if (!queue.offer(exchange)) {
      overflowed.increment();
    }
  }

  /// Exchanges without a line because the queue was full.
  public long overflowed() {
    return overflowed.sum();
  }

  /// Lines that could not be written.
  public long lost() {
    return lost.sum();
  }

  /// Somebody has moved the file away: go on in a new one.
  public void reopen() {
    reopen = true;
  }

  private void run() {
    while (true) {
      boolean last = closing;
      drain();
      flush();
      if (last) {
        return;
      }
      reopenIfAsked();
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  private void drain() {
    for (AccessRecord one = queue.relaxedPoll(); one != null; one = queue.relaxedPoll()) {
      format.line(one, lines);
      waiting++;
      letPast();
      if (lines.length() >= FLUSH_BYTES) {
        flush();
        // Under load the queue may not be empty for hours.
        reopenIfAsked();
      }
    }
  }

  /// Requests go before their lines: an event loop that shares the processor would wait until all of a nap's lines are made. Full queues lose
  /// lines, so a busy log keeps its processor.
  @SuppressWarnings("ThreadPriorityCheck") // a hint is what it is
  private void letPast() {
    if (waiting % LINES_IN_A_GO == 0 && queue.size() < MANY) {
      Thread.yield();
    }
  }

  private void flush() {
    if (waiting == 0) {
      return;
    }
    try {
      if (broken) {
        retry();
      }
      if (file.isFull(lines.length())) {
        file.rotate();
        writeHead();
      }
      file.write(lines.written());
    } catch (IOException e) {
      lose(e);
    }
    lines.clear();
    waiting = 0;
  }

  private void retry() throws IOException {
    if (System.nanoTime() - triedNanos < RETRY_NANOS) {
      throw new IOException("tried a moment ago");
    }
    openFile();
    // The line that met the full disk may have been cut.
    file.write(ByteBuffer.wrap(NEW_LINE));
    broken = false;
    LOG.info("the access log {} is written again; {} lines were lost", path, lost.sum());
  }

  private void lose(IOException why) {
    lost.add(waiting);
    if (!broken) {
      broken = true;
      LOG.warn(
          "cannot write the access log {}: {}; lines are lost until it can be, tried every second",
          path,
          why.toString());
      triedNanos = System.nanoTime();
    } else if (System.nanoTime() - triedNanos >= RETRY_NANOS) {
      triedNanos = System.nanoTime();
    }
  }

  private void reopenIfAsked() {
    if (!reopen) {
      return;
    }
    reopen = false;
    try {
      openFile();
      broken = false;
    } catch (IOException e) {
      lose(e);
    }
  }

  private void openFile() throws IOException {
    file.open();
    writeHead();
  }

  private void writeHead() throws IOException {
    if (file.isEmpty()) {
      LogBuffer head = new LogBuffer(1024);
      format.head(head);
      file.write(head.written());
    }
  }

  /// Writes what has been put in, then ends.
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(writer);
    try {
      writer.join();
      file.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("cannot close the access log {}: {}", path, e.toString());
    }
  }
}
