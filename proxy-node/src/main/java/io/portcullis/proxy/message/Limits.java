package io.portcullis.proxy.message;

import java.time.Duration;

/// Every bound of the data plane, with its reason.
public final class Limits {

  private Limits() {}

  /// Office Web Apps and meeting URLs carry nested, encoded targets; http.sys stops at 16 KB too.
  public static final int REQUEST_LINE_BYTES = 16 * 1024;

  /// Kerberos tickets and federation tokens exceed http.sys's 16 KB default by far.
  public static final int HEADER_BLOCK_BYTES = 64 * 1024;

  /// No head is longer than its line, the line's CRLF and its block.
  public static final int HEAD_BYTES = REQUEST_LINE_BYTES + 2 + HEADER_BLOCK_BYTES;

  /// A block of 64 KB could hold 16,000 lines; no client sends more than some dozens, and the index is bounded by this.
  public static final int HEADER_LINES = 512;

  /// Names in `Connection` are compared with every line: 32 bound that work.
  public static final int CONNECTION_OPTIONS = 32;

  /// The longest registered method has 17 letters (RFC 9110 §16.1.1 registry: UPDATEREDIRECTREF).
  public static final int METHOD_BYTES = 32;

  /// One chunk-size line: 15 hexadecimal digits stay below 2^63; extensions are allowed, unused, and bounded.
  public static final int CHUNK_SIZE_DIGITS = 15;

  public static final int CHUNK_EXTENSION_BYTES = 1024;
  public static final int TRAILER_BYTES = 16 * 1024;

  /// A body of this size that came with its head leaves with it: one buffer, one TLS record, one send.
  public static final int BODY_WITH_HEAD_BYTES = 4 * 1024;

  /// Pipelined requests that wait for their turn; beyond it the client is not read.
  public static final int PIPELINED_BYTES = 16 * 1024;

  /// An unwanted request body is read on to keep the connection (an NTLM 401 that came early must not cost it), up to here.
  public static final long DRAIN_BYTES = 1024 * 1024;

  /// How long an unwanted body, or the rest of a closing connection, is read on.
  public static final Duration DRAIN_TIME = Duration.ofSeconds(30);

  /// After the last response the client's bytes are read on for a moment, so that a reset does not overtake the response.
  public static final Duration LINGER_TIME = Duration.ofSeconds(2);

  /// The default of 64 KiB toggles reading some thirty times for a megabyte; 1 MiB measured 10 % faster.
  public static final int WRITE_BUFFER_HIGH = 1024 * 1024;

  public static final int WRITE_BUFFER_LOW = 512 * 1024;

  /// Receive buffers adapt between one small head and four TLS records.
  public static final int RECEIVE_BUFFER_LEAST = 2 * 1024;

  public static final int RECEIVE_BUFFER_FIRST = 4 * 1024;
  public static final int RECEIVE_BUFFER_MOST = 64 * 1024;

  /// The room that an answer may keep in the buffer that it came in while it waits for its client; with more it is copied.
  public static final int ROOM_KEPT_BYTES = 2 * 1024;

  /// With io_uring a loop's connections share these receive buffers, each of one TLS record and its head. They are made in
  /// batches, as far as one turn of the loop needs them.
  public static final int RING_BUFFER_BYTES = 16 * 1024;

  public static final short RING_BUFFERS = 256;
  public static final int RING_BATCH = 16;

  /// What may complete in one turn of a loop before the kernel has to put completions aside. Sixteen bytes each.
  public static final int RING_COMPLETIONS = 16 * 1024;

  public static final int CLIENT_HELLO_BYTES = 16 * 1024;
  public static final Duration TLS_HANDSHAKE = Duration.ofSeconds(15);

  /// The last word of a TLS connection waits so long for a peer that does not read.
  public static final Duration CLOSE_NOTIFY = Duration.ofSeconds(3);

  /// A ticket key that leaks opens what was sent under its tickets: twice a day there is a new one.
  public static final Duration TICKET_KEY_SPAN = Duration.ofHours(12);

  /// Responders answer in milliseconds, with some two kilobytes.
  public static final Duration OCSP_PATIENCE = Duration.ofSeconds(10);

  public static final int OCSP_BYTES = 64 * 1024;

  /// Public authorities sign answers for days; asking more often than once a minute would be a nuisance, less often than twice a day
  /// would miss a revocation.
  public static final Duration OCSP_SHORTEST_SPAN = Duration.ofMinutes(1);

  public static final Duration OCSP_LONGEST_SPAN = Duration.ofHours(12);

  /// From the first byte (or the connection) to a complete request head; keeps slow heads from holding connections.
  public static final Duration REQUEST_HEAD = Duration.ofSeconds(30);

  /// A request body must bring [#BODY_LEAST_BYTES] in each such time, unless the member is the slow one: connections that drip bytes are
  /// worth nothing to anybody but an attacker, while a phone in a tunnel pauses for less.
  public static final Duration BODY_PACE = Duration.ofMinutes(1);

  public static final int BODY_LEAST_BYTES = 1024;

  /// Load balancers in front of Lync are told 1800 s of TCP idle time; shorter would break parked clients.
  public static final Duration KEEP_ALIVE = Duration.ofMinutes(30);

  /// NAT devices and firewalls drop silently; a probe a minute keeps or finds.
  public static final Duration TCP_KEEP_ALIVE = Duration.ofMinutes(1);

  /// A member that refused a connection is left alone for this long without waiting for the health check.
  public static final Duration SUSPECT = Duration.ofSeconds(5);

  /// Idle connections kept per member and event loop for shared pools: as many as a crowd had at once, or each of its next requests would
  /// cost a handshake. Silence takes them away.
  public static final int CACHED_CONNECTIONS = 1024;

  /// IIS closes idle connections after 120 s: ours go first, so that no request meets a closing one.
  public static final Duration CACHED_IDLE = Duration.ofMinutes(1);

  /// A member that had closed a cached connection tells so within a round trip. Whoever closes later has read the request, and may be
  /// working on it: a long poll is never asked twice.
  public static final Duration STALE_CONNECTION = Duration.ofSeconds(1);

  /// Clients that are served before a loop looks again whether members have answered.
  public static final int CLIENTS_A_TURN = 16;

  /// Beside many members that have something in one turn, a client for every so many of them, if that is more. As many clients as members would
  /// keep hundreds of exchanges open once they are.
  public static final int MEMBERS_TO_A_CLIENT = 4;

  /// Connections the kernel may complete before we accept them.
  public static final int BACKLOG = 4096;
}
