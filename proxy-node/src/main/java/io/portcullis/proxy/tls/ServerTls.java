package io.portcullis.proxy.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.secure.Handshake;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerIdentity;
import io.portcullis.proxy.snapshot.ServerNames;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// TLS towards clients: the certificate is chosen by server name, and by what signatures the client can verify, from the snapshot that
/// is current when the client says hello.
public final class ServerTls extends AbstractSniHandler<SslContext> {

  private final CurrentSnapshot current;
  private final String listener;
  private ClientOffer offer = ClientOffer.NOTHING;
  private boolean proves;

  private ServerTls(CurrentSnapshot current, String listener) {
    super(Limits.CLIENT_HELLO_BYTES, Limits.TLS_HANDSHAKE.toMillis());
    this.current = current;
    this.listener = listener;
  }

  /// A handler for one new connection of a TLS listener; it replaces itself by a [Handshake].
  public static ChannelHandler handler(CurrentSnapshot current, String listener) {
    return new ServerTls(current, listener);
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello)
      throws Exception {
    // Without a readable hello there is nothing to choose by; the handshake will say what is wrong.
    offer = hello == null ? ClientOffer.NOTHING : ClientOffer.read(hello);
    return super.lookup(ctx, hello);
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable String name) {
    ListenerSnapshot now = current.current().listener(listener);
    ServerNames names = now == null ? null : now.names();
    if (now == null || names == null) {
      // The listener went away, or became clear, while this client was connecting.
      return ctx.executor()
          .newFailedFuture(new IllegalStateException("listener " + listener + " offers no TLS"));
    }
    String lower = name == null ? null : name.toLowerCase(Locale.ROOT);
    SslContext proof = offer.acme() && lower != null ? proofOf(lower) : null;
    if (proof != null) {
      proves = true;
      return ctx.executor().newSucceededFuture(proof);
    }
    ServerIdentity identity = names.choose(lower, offer::verifies);
    return ctx.executor().newSucceededFuture(contextOf(identity, now, name));
  }

  /// Only while the name is being proved is there one; at other times the authority meets what everybody meets.
  private @Nullable SslContext proofOf(String name) {
    return current.proofs().handshakes().get(name);
  }

  /// HTTP/2 is offered where every rule of the name does.
  private SslContext contextOf(
      ServerIdentity identity, ListenerSnapshot now, @Nullable String name) {
    SslContext http2 = identity.http2();
    return http2 != null
            && name != null
            && offer.http2()
            && now.speaksHttp2(name.getBytes(US_ASCII))
        ? http2
        : identity.context();
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String name, Future<SslContext> found) {
    if (!found.isSuccess()) {
      throw new DecoderException(found.cause());
    }
    SslContext context = found.getNow();
    SSLEngine engine = context.newEngine(ctx.alloc());
    byte[] staple = OcspStapler.staple(context);
    if (staple != null && engine instanceof ReferenceCountedOpenSslEngine open) {
      open.setOcspResponse(staple);
    }
    Handshake handshake = new Handshake(engine, Limits.TLS_HANDSHAKE);
    ctx.pipeline().replace(this, Handshake.class.getName(), handshake);
    if (proves) {
      // The handshake is all there is to it (RFC 8737 §3).
      handshake.done().addListener(_ -> ctx.channel().close());
    }
  }
}
