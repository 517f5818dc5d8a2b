package io.portcullis.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerNames;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// TLS towards clients: the certificate is chosen by server name from the snapshot that is current when the client says hello.
public final class ServerTls extends SniHandler {

  private ServerTls(CurrentSnapshot current, String listener) {
    super(
        (@Nullable String name) -> contextFor(current, listener, name),
        Limits.CLIENT_HELLO_BYTES,
        Limits.TLS_HANDSHAKE.toMillis());
  }

  /// A handler for one new connection of a TLS listener; it replaces itself by an `SslHandler`.
  public static ChannelHandler handler(CurrentSnapshot current, String listener) {
    return new ServerTls(current, listener);
  }

  private static SslContext contextFor(
      CurrentSnapshot current, String listener, @Nullable String name) {
    ListenerSnapshot now = current.current().listener(listener);
    ServerNames names = now == null ? null : now.names();
    if (names == null) {
      // The listener went away, or became clear, while this client was connecting.
      throw new IllegalStateException("listener " + listener + " offers no TLS");
    }
    return names.contextFor(name == null ? null : name.toLowerCase(Locale.ROOT));
  }

  @Override
  protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    SslHandler handler = super.newSslHandler(context, allocator);
    handler.setHandshakeTimeoutMillis(Limits.TLS_HANDSHAKE.toMillis());
    return handler;
  }
}
