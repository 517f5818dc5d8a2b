package io.portcullis.perf.staging;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A stand-in server: a TLS port and a clear port of the external web site, perhaps those of the internal one, perhaps 5061;
/// connections numbered from 1.
public final class StagingMember implements AutoCloseable {

  /// Far above what one test keeps open, far below what would exhaust a small machine's descriptors.
  private static final int MAX_CONNECTIONS = 20_000;

  /// Bursts of new connections from several nodes wait here instead of being reset.
  private static final int BACKLOG = 1024;

  private static final long RETRY_NANOS = 10_000_000;

  private final Server server;
  private final MemberTls identity;
  private final InetAddress host;
  private final StagingPool.MemberPorts ports;
  private final List<ServerSocket> doors = new ArrayList<>();
  private @Nullable SipPort sip;
  private final AtomicLong connections = new AtomicLong();
  private final Semaphore room = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private StagingMember(
      Server server, MemberTls identity, InetAddress host, StagingPool.MemberPorts ports) {
    this.server = server;
    this.identity = identity;
    this.host = host;
    this.ports = ports;
  }

  static StagingMember start(
      Server server, MemberTls identity, InetAddress host, StagingPool.MemberPorts ports)
      throws IOException {
    StagingMember member = new StagingMember(server, identity, host, ports);
    try {
      member.open();
    } catch (IOException e) {
      member.close();
      throw e;
    }
    return member;
  }

  private void open() throws IOException {
    door(ports.https(), true, true);
    door(ports.http(), false, true);
    if (ports.hasInternalSite()) {
      door(ports.internalHttps(), true, false);
      door(ports.internalHttp(), false, false);
    }
    if (ports.sip() >= 0) {
      sip = new SipPort(new InetSocketAddress(host, ports.sip()), server.faults());
    }
  }

  private void door(int port, boolean tls, boolean external) throws IOException {
    ServerSocket door = new ServerSocket();
    doors.add(door);
    bind(door, host, port, ports);
    Thread.ofVirtual()
        .name(server.name() + (tls ? "-https" : "-http"))
        .start(() -> accept(door, tls, external));
  }

  public String name() {
    return server.name();
  }

  public InetSocketAddress https() {
    return at(0);
  }

  public InetSocketAddress http() {
    return at(1);
  }

  /// Of the internal web site, if it was given ports.
  public InetSocketAddress internalHttps() {
    return at(2);
  }

  /// Where 5061 is; null without one.
  public @Nullable InetSocketAddress sip() {
    return sip == null ? null : sip.address();
  }

  /// UCWA requests held now.
  public int pending() {
    return server.ucwa().pending();
  }

  /// Mcx requests in processing, held ones among them.
  public int pendingMcx() {
    return server.mcx().pending();
  }

  /// UCWA event requests whose peer left before the answer.
  public long abandoned() {
    return server.ucwa().abandoned();
  }

  Server server() {
    return server;
  }

  private InetSocketAddress at(int door) {
    return (InetSocketAddress) doors.get(door).getLocalSocketAddress();
  }

  /// TCP connections accepted since the start, on both ports.
  public long connectionsAccepted() {
    return connections.get();
  }

  /// Stops accepting and cuts every connection, as a server that dies does.
  @Override
  public void close() throws IOException {
    for (ServerSocket door : doors) {
      door.close();
    }
    if (sip != null) {
      sip.close();
    }
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept(ServerSocket listener, boolean tls, boolean external) {
    while (!listener.isClosed()) {
      try {
        room.acquire();
        Socket socket = acceptOne(listener);
        open.add(socket);
        if (listener.isClosed()) {
          socket.close();
        }
        boolean secure = tls != (external && server.faults().has(Fault.PORTS_SWAPPED));
        var connection =
            new StagingConnection(
                server, secure ? identity : null, external, connections.incrementAndGet(), socket);
        Thread.ofVirtual()
            .start(() -> {
              connection.run();
              open.remove(socket);
              room.release();
            });
      } catch (IOException e) {
        // Closed, which the loop's condition sees, or out of descriptors, which passes.
        LockSupport.parkNanos(RETRY_NANOS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private Socket acceptOne(ServerSocket listener) throws IOException {
    try {
      return listener.accept();
    } catch (IOException e) {
      room.release();
      throw e;
    }
  }

  private static void bind(
      ServerSocket socket, InetAddress host, int port, StagingPool.MemberPorts ports)
      throws IOException {
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port), BACKLOG);
    } catch (BindException e) {
      throw new IOException(
          "member %s cannot listen on %s:%d: %s. See who does with: ss -ltnp 'sport = :%d'; or give other ports: --member %s=HTTPS_PORT:HTTP_PORT"
              .formatted(
                  ports.name(), host.getHostAddress(), port, e.getMessage(), port, ports.name()),
          e);
    }
  }
}
