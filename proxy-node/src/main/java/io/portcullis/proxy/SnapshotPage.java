package io.portcullis.proxy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portcullis.proxy.explain.Explainer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.observe.AdminListener;
import io.portcullis.proxy.rule.Rule;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is served now, and by whom. Made from the snapshot's names and states only: certificates, keys and trust are not touched.
final class SnapshotPage {

  private SnapshotPage() {}

  static AdminListener.Reply of(Snapshot now, Map<String, InetSocketAddress> bound) {
    ObjectNode page = JsonNodeFactory.instance.objectNode();
    page.put("revision", now.revision());
    ArrayNode listeners = page.putArray("listeners");
    new TreeMap<>(now.listeners())
        .forEach((name, one) -> listener(listeners.addObject(), one, bound));
    ArrayNode pools = page.putArray("pools");
    now.pools().forEach(pool -> pool(pools.addObject(), pool));
    return AdminListener.Reply.json(200, page.toPrettyString() + "\n");
  }

  private static void listener(
      ObjectNode into, ListenerSnapshot listener, Map<String, InetSocketAddress> bound) {
    into.put("name", listener.name());
    InetSocketAddress address = bound.get(listener.name());
    into.put("bind", address == null ? listener.bind() : Publication.text(address));
    into.put("tls", listener.names() != null);
    ArrayNode rules = into.putArray("rules");
    listener.rules().rules().forEach(rule -> rule(rules.addObject(), rule));
  }

  private static void rule(ObjectNode into, Rule rule) {
    into.put("name", rule.name());
    words(into, "publicNames", rule.publicNames());
    words(into, "paths", rule.paths());
    words(into, "deny", rule.deny());
    into.put("outcome", Explainer.words(rule.outcome()));
  }

  private static void words(ObjectNode into, String key, List<String> words) {
    ArrayNode list = into.putArray(key);
    words.forEach(list::add);
  }

  private static void pool(ObjectNode into, MemberPool pool) {
    into.put("name", pool.name());
    into.put("privateConnections", pool.privateConnections());
    ArrayNode members = into.putArray("members");
    for (Member member : pool.members()) {
      ObjectNode one = members.addObject();
      InetSocketAddress address = member.socketAddress(true);
      one.put("host", member.host());
      one.put("address", address == null ? "" : address.getAddress().getHostAddress());
      one.put("https", member.port(true));
      one.put("http", member.port(false));
      one.put("weight", member.weight());
      one.put("state", NodeReport.state(member));
      one.put("openExchanges", member.openExchanges().get());
    }
  }
}
