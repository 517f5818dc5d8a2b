package io.portcullis.proxy.message;

import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// A TLS context of BoringSSL that is given back when nobody can reach it any more: a snapshot does not know who still shakes hands with the
/// certificates of the one before.
///
/// Netty has such contexts too, but gives finalizers to them and to each of their engines, and an engine with a finalizer outlives the
/// collection that finds it dead: two thousand handshakes a second made young collections of 5 ms take 50. Engines of this one are counted;
/// who makes one releases it. An engine keeps the context.
public final class CollectedContext extends DelegatingSslContext {

  private static final Cleaner CLEANER =
      Cleaner.create(task -> {
        Thread thread = new Thread(task, "portcullis-tls-contexts");
        thread.setDaemon(true);
        return thread;
      });

  private CollectedContext(SslContext counted) {
    super(counted);
  }

  /// @throws SSLException if BoringSSL does not take the key, the chain or the settings
  public static SslContext of(SslContextBuilder builder) throws SSLException {
    return of(builder.sslProvider(SslProvider.OPENSSL_REFCNT).build());
  }

  /// @param counted its one reference passes
  static SslContext of(SslContext counted) {
    SslContext context = new CollectedContext(counted);
    CLEANER.register(context, () -> ReferenceCountUtil.release(counted));
    return context;
  }

  /// Whoever asks for an engine may be the last one who knows the context.
  @Override
  @SuppressWarnings("ReachabilityFenceUsage") // what it fences is in the method that calls this one
  protected void initEngine(SSLEngine engine) {
    Reference.reachabilityFence(this);
  }
}
