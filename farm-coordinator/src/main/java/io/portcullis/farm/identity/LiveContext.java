package io.portcullis.farm.identity;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// A TLS context for servers that take one and never ask again: what it stands for can be replaced, and counts for every connection made from
/// then on. Sessions of the one before are not resumed, since their peers were judged by it.
public final class LiveContext extends SSLContext {
  private final Stand stand;

  private LiveContext(Stand stand, SSLContext first) {
    super(stand, first.getProvider(), first.getProtocol());
    this.stand = stand;
  }

  public static LiveContext of(SSLContext first) {
    return new LiveContext(new Stand(first), first);
  }

  public void use(SSLContext next) {
    stand.current = next;
  }

  private static final class Stand extends SSLContextSpi {
    private volatile SSLContext current;

    Stand(SSLContext current) {
      this.current = current;
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("made of a context that is ready");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return current.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return current.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return current.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return current.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return current.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return current.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return current.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return current.getSupportedSSLParameters();
    }
  }
}
