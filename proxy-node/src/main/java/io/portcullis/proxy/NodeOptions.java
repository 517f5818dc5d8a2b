package io.portcullis.proxy;

import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.observe.AccessLog;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the operator said when starting a node: a document to run from, or a state directory of a farm's node.
///
/// @param file the document; null in a farm
/// @param state the directory that holds this node's identity; null with a file
/// @param token joins a farm with it if `state` holds no identity yet
/// @param name what the node wants to be called at joining
/// @param listen bind addresses of this node by listener name
/// @param accessLog null for none
/// @param admin null for none
/// @param transport null for [Transport#best()]
/// @param drain how long exchanges may take to finish at the end
record NodeOptions(
    @Nullable Path file,
    @Nullable Path state,
    @Nullable String token,
    @Nullable String name,
    Map<String, String> listen,
    AccessLog.@Nullable Settings accessLog,
    @Nullable Admin admin,
    @Nullable Transport transport,
    Duration drain) {

  /// Where the node shows itself.
  ///
  /// @param yields another port is as good, if this one is taken
  record Admin(Bind bind, boolean yields) {
    /// Beside the ports that Prometheus's own exporters have.
    static final Admin USUAL = new Admin(new Bind(InetAddress.ofLiteral("127.0.0.1"), 9470), true);
  }

  NodeOptions {
    listen = Map.copyOf(listen);
  }
}
