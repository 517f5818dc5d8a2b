package io.portcullis.perf.compare;

/// What one contender did in one round of one workload.
///
/// @param cpuSeconds used by the proxy's processes meanwhile
/// @param p50 microseconds from when a request was due (latency workloads; 0 in others)
record Figure(
    String workload,
    String contender,
    int round,
    long answered,
    long failed,
    double seconds,
    double cpuSeconds,
    long p50,
    long p99) {

  /// The kernel counts in hundredths; less than a few of them say nothing.
  private static final double LEAST_CPU_SECONDS = 0.05;

  /// Requests for each second of CPU time; NaN where too little was used to say.
  double perCpuSecond() {
    return cpuSeconds < LEAST_CPU_SECONDS ? Double.NaN : answered / cpuSeconds;
  }

  double utilisation() {
    return cpuSeconds / seconds;
  }
}
