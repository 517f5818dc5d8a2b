package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.farm.verify.Plan;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where to ask a node: as the operator says, or as the node says it listens.
final class VerifyEntrance {
  private static final Pattern TYPED =
      Pattern.compile(
          "(?:([A-Za-z0-9._-]+)=)?(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5})(?::([0-9]{1,5}))?)?");
  private static final Pattern BOUND = Pattern.compile("/?(\\[?[0-9a-fA-F:.]+?\\]?):([0-9]{1,5})");

  private VerifyEntrance() {}

  static Plan.Entrance parse(String text) throws CommandFailure {
    Matcher typed = TYPED.matcher(text);
    if (!typed.matches()) {
      throw CommandFailure.wrongUsage(
          "\"" + text + "\" is not a node",
          "write [NAME=]ADDRESS[:HTTPS[:HTTP]]: edge1=203.0.113.10, or [2001:db8::1]:443:80");
    }
    String address = bare(typed.group(2));
    return new Plan.Entrance(
        typed.group(1) == null ? address : typed.group(1),
        address,
        port(typed.group(3), 443),
        port(typed.group(4), typed.group(3) == null ? 80 : 0));
  }

  /// @throws CommandFailure if the node listens on every address, which says nothing about where clients find it
  static Plan.Entrance of(Wire.NodeStatus node, LyncDocument document) throws CommandFailure {
    Matcher https = bound(node, listener(document, true));
    Matcher http = bound(node, listener(document, false));
    if (https == null || anywhere(https.group(1))) {
      throw CommandFailure.wrongUsage(
          "node " + node.id() + " does not say at which address clients reach it",
          "say it: farmctl verify --node " + node.id() + "=ADDRESS");
    }
    return new Plan.Entrance(
        node.id(),
        bare(https.group(1)),
        port(https.group(2), 443),
        http == null ? 0 : port(http.group(2), 80));
  }

  /// The listener that the topology's rules are on.
  private static @Nullable String listener(LyncDocument document, boolean tls) {
    LyncTopology lync = document.lync();
    String named = tls ? lync.listenerHttps() : lync.listenerHttp();
    if (named != null) {
      return named;
    }
    return document.expanded().rules().stream()
        .map(PublishingRule::listener)
        .filter(name ->
            document.expanded().listeners().stream()
                .anyMatch(l -> l.name().equals(name) && l.isTls() == tls))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Matcher bound(Wire.NodeStatus node, @Nullable String listener) {
    Map<String, String> listeners = node.listeners();
    String at = listener == null ? null : listeners.get(listener);
    Matcher bound = at == null ? null : BOUND.matcher(at);
    return bound != null && bound.matches() ? bound : null;
  }

  private static boolean anywhere(String address) {
    return List.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0").contains(bare(address));
  }

  static String bare(String address) {
    return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
  }

  private static int port(@Nullable String digits, int usual) {
    return digits == null ? usual : Integer.parseInt(digits);
  }
}
