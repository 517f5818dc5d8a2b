package io.portcullis.perf.staging;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/// A stand-in Front End server: one TLS port, one clear port, connections numbered from 1.
public final class StagingMember implements AutoCloseable {

  /// Far above what one test keeps open, far below what would exhaust a small machine's descriptors.
  private static final int MAX_CONNECTIONS = 20_000;

  /// Bursts of new connections from several nodes wait here instead of being reset.
  private static final int BACKLOG = 1024;

  private static final long RETRY_NANOS = 10_000_000;

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final String name;
  private final ServerSocket https;
  private final ServerSocket http;
  private final Answers answers;
  private final AtomicLong connections = new AtomicLong();
  private final Semaphore room = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private StagingMember(String name, ServerSocket https, ServerSocket http, Answers answers) {
    this.name = name;
    this.https = https;
    this.http = http;
    this.answers = answers;
  }

  static StagingMember start(
      StagingPool.MemberPorts ports, InetAddress host, ServerIdentity identity, Answers answers)
      throws IOException, GeneralSecurityException {
    ServerSocket https = tlsSocket(identity.serverContext());
    ServerSocket http = new ServerSocket();
    try {
      bind(https, host, ports.https(), ports);
      bind(http, host, ports.http(), ports);
    } catch (IOException e) {
      https.close();
      http.close();
      throw e;
    }
    StagingMember member = new StagingMember(ports.name(), https, http, answers);
    Thread.ofVirtual().name(ports.name() + "-https").start(() -> member.accept(https));
    Thread.ofVirtual().name(ports.name() + "-http").start(() -> member.accept(http));
    return member;
  }

  public String name() {
    return name;
  }

  public InetSocketAddress https() {
    return (InetSocketAddress) https.getLocalSocketAddress();
  }

  public InetSocketAddress http() {
    return (InetSocketAddress) http.getLocalSocketAddress();
  }

  /// TCP connections accepted since the start, on both ports.
  public long connectionsAccepted() {
    return connections.get();
  }

  /// Stops accepting and cuts every connection, as a server that dies does.
  @Override
  public void close() throws IOException {
    try (https;
        http) {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private void accept(ServerSocket listener) {
    while (!listener.isClosed()) {
      try {
        room.acquire();
        Socket socket = acceptOne(listener);
        open.add(socket);
        if (listener.isClosed()) {
          socket.close();
        }
        var connection =
            new StagingConnection(name, connections.incrementAndGet(), socket, answers);
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

  private static ServerSocket tlsSocket(SSLContext context) throws IOException {
    SSLServerSocket socket =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
    socket.setEnabledProtocols(PROTOCOLS);
    return socket;
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
