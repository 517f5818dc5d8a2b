package io.portcullis.farm.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.identity.Role;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the clients of the admin API may occupy together, and who may send how much.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AdminRoomTest extends AdminDoor {

  @Test
  void theRoomOfThoseWhoDoNotReadIsGivenBack() throws Exception {
    serve(new AdminConnection.Patience(LONG, LONG, SHORT));
    for (int i = 0; i < Room.MAX_REQUESTS; i++) {
      stranger().get("flood");
    }
    Client other = stranger();
    String heard;
    do {
      heard = other.get("hello").heard();
    } while (heard.startsWith("HTTP/1.1 503"));
    assertThat(heard).startsWith("HTTP/1.1 200");
  }

  @Test
  void beyondTheRoomIsRefusedAndAnsweredAgainLater() throws Exception {
    serve(LASTING);
    List<Client> waiting = new ArrayList<>();
    for (int i = 0; i < Room.MAX_REQUESTS; i++) {
      waiting.add(stranger().get("wait"));
    }
    Client other = stranger();
    String heard;
    do { // until all of them are at work
      heard = other.get("hello").heard();
    } while (heard.startsWith("HTTP/1.1 200"));
    assertThat(heard).startsWith("HTTP/1.1 503").contains("too many requests at once");
    Client known = known();
    assertThat(known.get("hello").heard()).startsWith("HTTP/1.1 503");
    go.countDown();
    for (Client one : waiting) {
      assertThat(one.heard()).startsWith("HTTP/1.1 204");
    }
    assertThat(other.get("hello").heard()).startsWith("HTTP/1.1 200");
    assertThat(known.get("hello").heard()).startsWith("HTTP/1.1 200");
  }

  @Test
  void whoSendsSlowlyHoldsNoRoom() throws Exception {
    serve(LASTING);
    Client known = known();
    SSLContext viewer = context(Role.VIEWER, "vera");
    for (int i = 0; i <= Room.MAX_REQUESTS; i++) {
      String slow = "POST /v1/join HTTP/1.1\r\nHost: farm\r\nContent-Length: 100\r\n\r\nx";
      stranger().say(slow);
      new Client(viewer).say(slow);
    }
    for (int i = 0; i < 10; i++) {
      assertServes();
    }
    assertThat(known.get("hello").heard()).startsWith("HTTP/1.1 200");
  }

  /// One that was revoked could otherwise keep all others from sending theirs.
  @Test
  void eachIdentitySendsOneLargeRequestAtATime() throws Exception {
    serve(LASTING);
    Client slow = known().say(large(AdminRequest.MAX_BODY_BYTES));
    slow.send(2 * AdminRequest.MAX_JOIN_BYTES);
    Client other = known();
    String heard;
    do { // until the first is known to be large
      heard = post(other, 2 * AdminRequest.MAX_JOIN_BYTES);
    } while (heard.startsWith("HTTP/1.1 200"));
    assertThat(heard).startsWith("HTTP/1.1 503");
    assertThat(post(known(Role.OPERATOR, "joe"), AdminRequest.MAX_BODY_BYTES))
        .startsWith("HTTP/1.1 200");
    assertThat(other.get("hello").heard()).startsWith("HTTP/1.1 200");
    slow.close();
    do {
      heard = post(other, 2 * AdminRequest.MAX_JOIN_BYTES);
    } while (heard.startsWith("HTTP/1.1 503"));
    assertThat(heard).startsWith("HTTP/1.1 200");
  }

  @Test
  void noMoreLargeRequestsAtOnceThanMemoryIsMeantFor() throws Exception {
    serve(LASTING);
    for (int i = 0; i < Room.MAX_LARGE; i++) {
      Client slow = known(Role.OPERATOR, "slow-" + i).say(large(AdminRequest.MAX_BODY_BYTES));
      slow.send(2 * AdminRequest.MAX_JOIN_BYTES);
    }
    Client other = known();
    String heard;
    do {
      heard = post(other, 2 * AdminRequest.MAX_JOIN_BYTES);
    } while (heard.startsWith("HTTP/1.1 200"));
    assertThat(heard).startsWith("HTTP/1.1 503");
    assertThat(post(other, AdminRequest.MAX_JOIN_BYTES)).startsWith("HTTP/1.1 200");
  }

  @Test
  void whatFailsInsideIsAnsweredAndGivesItsRoomBack() throws Exception {
    serve(LASTING);
    Client client = stranger();
    for (int i = 0; i <= Room.MAX_REQUESTS; i++) {
      assertThat(client.get("fail").heard())
          .startsWith("HTTP/1.1 500")
          .contains("on purpose", "see its log");
    }
    assertServes();
  }

  @Test
  void whoMayChangeNothingMaySendLess() throws Exception {
    serve(LASTING);
    assertThat(post(stranger(), AdminRequest.MAX_JOIN_BYTES)).startsWith("HTTP/1.1 200");
    Client stranger = stranger();
    assertThat(post(stranger, AdminRequest.MAX_JOIN_BYTES + 1))
        .startsWith("HTTP/1.1 413")
        .contains("larger than 64 KB");
    assertThat(stranger.get("hello").heard()).as("the next").startsWith("HTTP/1.1 200");
    assertThat(post(known(Role.VIEWER, "vera"), AdminRequest.MAX_JOIN_BYTES + 1))
        .startsWith("HTTP/1.1 413");
    assertThat(post(known(), AdminRequest.MAX_BODY_BYTES)).startsWith("HTTP/1.1 200");
    assertThat(post(known(), AdminRequest.MAX_BODY_BYTES + 1)).startsWith("HTTP/1.1 413");
  }
}
