package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.persistence.LocalBindings;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A client's source and its member, through the whole engine of a node that is alone. The balancer would always take the first.
class BindingTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static int served(TestNode node, ScriptedMember... members) throws IOException {
    int[] before = new int[members.length];
    for (int i = 0; i < members.length; i++) {
      before[i] = members[i].connections();
    }
    try (Wire client = node.connect()) {
      assertThat(client.send(GET).read().status()).isEqualTo(200);
    }
    for (int i = 0; i < members.length; i++) {
      if (members[i].connections() > before[i]) {
        return i;
      }
    }
    return -1;
  }

  private static LocalBindings local(TestNode node) {
    return new LocalBindings(
        node.bindings, _ -> Duration.ofMinutes(30).toMillis(), System::currentTimeMillis);
  }

  private static ScriptedMember member() throws IOException {
    return ScriptedMember.echo();
  }

  @Test
  void aSourceStaysWhereItWentWhenItsFirstMemberComesBack() throws IOException {
    try (ScriptedMember one = member();
        ScriptedMember two = member();
        TestNode node = TestNode.of(TestNode.clearPool(true, one.port(), two.port()));
        LocalBindings _ = local(node)) {
      MemberPool pool = node.current.current().pools().getFirst();
      Member first = pool.members().getFirst();
      assertThat(served(node, one, two)).isZero();
      eventually("the log has it", () -> node.bindings.replica().table().size() == 1);
      first.checked(Member.Health.DOWN, "gone");
      assertThat(served(node, one, two)).isEqualTo(1);
      eventually("the log has it", () -> node.bindings.replica().table().counts().moved() == 1);
      first.checked(Member.Health.UP, "");
      assertThat(served(node, one, two)).isEqualTo(1);
    }
  }

  @Test
  void aBindingSurvivesAPublishWithOtherObjectsForItsPool() throws IOException {
    try (ScriptedMember one = member();
        ScriptedMember two = member();
        TestNode node = TestNode.of(TestNode.clearPool(true, one.port(), two.port()));
        LocalBindings _ = local(node)) {
      node.current.current().pools().getFirst().members().getFirst().draining(true);
      assertThat(served(node, one, two)).isEqualTo(1);
      eventually("the log has it", () -> node.bindings.replica().table().size() == 1);
      MemberPool same = TestNode.clearPool(true, one.port(), two.port());
      node.current.publish(TestNode.snapshot(same, null, "127.0.0.1:0"));
      assertThat(served(node, one, two)).isEqualTo(1);
    }
  }

  @Test
  void aDrainingMemberKeepsTheSourcesItHas() throws IOException {
    try (ScriptedMember one = member();
        ScriptedMember two = member();
        TestNode node = TestNode.of(TestNode.clearPool(true, one.port(), two.port()));
        LocalBindings _ = local(node)) {
      assertThat(served(node, one, two)).isZero();
      eventually("the log has it", () -> node.bindings.replica().table().size() == 1);
      node.current.current().pools().getFirst().members().getFirst().draining(true);
      assertThat(served(node, one, two)).isZero();
    }
  }
}
