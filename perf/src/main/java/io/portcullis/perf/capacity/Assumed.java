package io.portcullis.perf.capacity;

/// What nobody measured here: how users behave in the busiest hour, and what the node may use.
///
/// @param requestsPerMinute of a user
/// @param handshakesPerHour new connections of a user
/// @param resumedShare of those that resume a session
/// @param megabytesPerHour down to a user
/// @param held requests of a user that the pool holds back at a time: one for each mobile or web client
/// @param cores of the node
/// @param utilisation share of them that may be used in that hour
/// @param connectionBytes memory for connections
/// @param descriptors open files of the process
record Assumed(
    double requestsPerMinute,
    double handshakesPerHour,
    double resumedShare,
    double megabytesPerHour,
    double held,
    double cores,
    double utilisation,
    double connectionBytes,
    double descriptors) {

  Assumed {
    require(requestsPerMinute > 0, "--requests is above 0");
    require(handshakesPerHour >= 0, "--handshakes is not negative");
    require(resumedShare >= 0 && resumedShare <= 1, "--resumed is 0 to 100");
    require(megabytesPerHour >= 0, "--megabytes is not negative");
    require(held > 0, "--held is above 0");
    require(cores > 0, "--cores is above 0");
    require(utilisation > 0 && utilisation <= 1, "--utilisation is above 0 and at most 100");
    require(connectionBytes > 0, "--memory is above 0");
    require(descriptors > 0, "--descriptors is above 0");
  }

  private static void require(boolean kept, String bound) {
    if (!kept) {
      throw new IllegalArgumentException(bound);
    }
  }
}
