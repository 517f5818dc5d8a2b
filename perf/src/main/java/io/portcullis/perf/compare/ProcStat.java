package io.portcullis.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the kernel says about a process (proc(5)).
public final class ProcStat {

  /// USER_HZ: 100 on every Linux that Debian builds.
  private static final double TICKS_PER_SECOND = 100;

  /// Fields 14 and 15 of `stat`, counted after the command's closing bracket.
  private static final int USER_TIME = 11;

  private static final int SYSTEM_TIME = 12;

  private ProcStat() {}

  /// User and system time of all threads so far.
  public static double cpuSeconds(long pid) throws IOException {
    return cpuSeconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
  }

  /// The command may hold blanks and brackets; the last bracket ends it.
  static double cpuSeconds(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]))
        / TICKS_PER_SECOND;
  }

  /// What lies in memory now.
  public static long residentBytes(long pid) throws IOException {
    return residentBytes(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
  }

  static long residentBytes(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(0);
  }
}
