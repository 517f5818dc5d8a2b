package io.portcullis.farm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients of the admin API that stall, leave, garble and do not read.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AdminServerTest extends AdminDoor {

  @Test
  void whoDoesNotReadIsCutOffAndNobodyElseWaits() throws Exception {
    serve(new AdminConnection.Patience(LONG, LONG, SHORT));
    Client stuck = stranger();
    for (int i = 0; i < 20; i++) {
      stuck.get("flood");
    }
    assertServes();
    while (!isCut(stuck)) {
      assertServes();
    }
    stuck.waitForTheEnd();
    assertServes();
  }

  /// Writing into what the other side gave up fails sooner or later.
  private static boolean isCut(Client client) {
    try {
      client.get("hello");
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /// TLS answers each by itself, which nobody takes here.
  @Test
  void whoAsksForKeysAndReadsNothingIsCutOff() throws Exception {
    serve(LASTING);
    Client stuck = stranger();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> {
          while (true) {
            stuck.socket.startHandshake();
          }
        });
    assertServes();
  }

  /// The answer of one who left must not keep the connection until nobody has taken it.
  @Test
  void nothingWaitsForWhoLeftBeforeTheAnswer() throws Exception {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    open.add(threads);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    open.add(() -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync());
    List<WeakReference<AdminConnection>> made = new CopyOnWriteArrayList<>();
    ServerBootstrap door =
        new ServerBootstrap()
            .group(loops)
            .channel(LocalServerChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) throws Exception {
                    AdminConnection connection =
                        new AdminConnection(
                            InetAddress.getLoopbackAddress(),
                            SSLContext.getDefault().createSSLEngine(),
                            new Answerer(AdminServerTest.this::answer, () -> null),
                            new Room(),
                            threads,
                            LASTING);
                    made.add(new WeakReference<>(connection));
                    client.pipeline().addLast(connection);
                    client
                        .pipeline()
                        .fireChannelRead(
                            new DefaultFullHttpRequest(
                                HttpVersion.HTTP_1_1, HttpMethod.GET, "/v1/wait"));
                    client.close();
                  }
                });
    LocalAddress address = new LocalAddress(AdminServerTest.class);
    Channel listening = door.bind(address).sync().channel();
    new Bootstrap()
        .group(loops)
        .channel(LocalChannel.class)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(address)
        .sync()
        .channel()
        .closeFuture()
        .sync();
    go.countDown();
    threads.close(); // waits for the answer
    listening.close().sync();
    while (made.getFirst().get() != null) {
      System.gc();
      loops.submit(() -> {}).sync(); // the answer is sent, or not
    }
  }

  @Test
  void aRequestThatDoesNotEndIsCutOff() throws Exception {
    serve(new AdminConnection.Patience(LONG, SHORT, LONG));
    Client working = stranger().get("wait");
    stranger()
        .say("POST /v1/join HTTP/1.1\r\nHost: farm\r\nContent-Length: 100\r\n\r\nx")
        .waitForTheEnd();
    go.countDown();
    assertThat(working.heard()).as("what was whole in time").startsWith("HTTP/1.1 204");
    assertServes();
  }

  @Test
  void aHeadThatDoesNotEndAndAnIdleConnectionAreCutOff() throws Exception {
    serve(new AdminConnection.Patience(SHORT, LONG, LONG));
    stranger().say("GET /v1/hel").waitForTheEnd();
    stranger().waitForTheEnd();
    Client answered = stranger();
    assertThat(answered.get("hello").heard()).startsWith("HTTP/1.1 200");
    answered.waitForTheEnd();
    Client working = stranger().get("wait");
    stranger().waitForTheEnd(); // longer than anybody may idle
    go.countDown();
    assertThat(working.heard()).startsWith("HTTP/1.1 204");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    serve(LASTING);
    Client client = stranger();
    String one = "POST /v1/%s HTTP/1.1\r\nHost: farm\r\nContent-Length: 3\r\n\r\nabc";
    client.say(one.formatted("a") + one.formatted("b") + one.formatted("c"));
    assertThat(client.heard()).contains("\"a\"").contains("\"3\"");
    assertThat(client.heard()).contains("\"b\"");
    assertThat(client.heard()).contains("\"c\"");
  }

  @Test
  void aClientThatWaitsForLeaveToSendGetsIt() throws Exception {
    serve(LASTING);
    Client client = stranger();
    client.say(
        "POST /v1/hello HTTP/1.1\r\nHost: farm\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assertThat(client.heard()).startsWith("HTTP/1.1 100");
    assertThat(client.say("{}").heard()).startsWith("HTTP/1.1 200");
  }

  @Test
  void garbageIsToldSoAndEndsTheConnection() throws Exception {
    serve(LASTING);
    Map<String, Integer> garbage =
        Map.of(
            "\0\1\2 garbage\r\n\r\n",
            400,
            "GET /v1/" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n",
            414,
            "GET /v1/hello HTTP/1.1\r\nA: " + "x".repeat(20_000) + "\r\n\r\n",
            431,
            "POST /v1/hello HTTP/1.1\r\nContent-Length: no\r\n\r\n",
            400,
            "POST /v1/hello HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            400);
    for (Map.Entry<String, Integer> one : garbage.entrySet()) {
      Client client = stranger().say(one.getKey());
      assertThat(client.heard()).startsWith("HTTP/1.1 " + one.getValue());
      client.waitForTheEnd();
    }
    Client other = stranger().say("GET /v1/%zz HTTP/1.1\r\nHost: farm\r\n\r\n");
    assertThat(other.heard()).startsWith("HTTP/1.1 404");
    assertServes();
  }

  @Test
  void whoAsksForTheEndGetsIt() throws Exception {
    serve(LASTING);
    Client client =
        stranger().say("GET /v1/hello HTTP/1.1\r\nHost: farm\r\nConnection: close\r\n\r\n");
    assertThat(client.heard()).containsIgnoringCase("connection: close");
    client.waitForTheEnd();
    Client old = stranger().say("GET /v1/hello HTTP/1.0\r\n\r\n");
    assertThat(old.heard()).startsWith("HTTP/1.1 200");
    old.waitForTheEnd();
    Client staying = stranger().say("GET /v1/hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertThat(staying.heard()).containsIgnoringCase("connection: keep-alive");
    assertThat(staying.get("hello").heard()).startsWith("HTTP/1.1 200");
  }

  @Test
  void aServerThatStopsWaitsForNobody() throws Exception {
    AdminServer server = serve(LASTING);
    Client stuck = stranger().get("flood");
    Client working = stranger().get("wait");
    Client idle = stranger();
    server.close();
    stuck.waitForTheEnd();
    working.waitForTheEnd();
    idle.waitForTheEnd();
    assertThatExceptionOfType(IOException.class).isThrownBy(this::stranger);
  }

  @Test
  void aTakenPortIsSaid() throws Exception {
    serve(LASTING);
    InetSocketAddress taken = new InetSocketAddress("127.0.0.1", port);
    IdentityFile other = farm.identity(Role.COORDINATOR, "c2", List.of(), List.of("-"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> AdminServer.start(taken, other, this::answer, LASTING))
        .withMessageContaining("in use");
  }
}
