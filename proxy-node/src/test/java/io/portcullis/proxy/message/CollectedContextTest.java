package io.portcullis.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.portcullis.proxy.Eventually;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class CollectedContextTest {

  private final ReferenceCountedOpenSslContext counted = counted();

  private static ReferenceCountedOpenSslContext counted() {
    try {
      return (ReferenceCountedOpenSslContext)
          SslContextBuilder.forClient().sslProvider(SslProvider.OPENSSL_REFCNT).build();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  private static ReferenceCountedOpenSslEngine engineOf(SslContext context) {
    return (ReferenceCountedOpenSslEngine) context.newEngine(UnpooledByteBufAllocator.DEFAULT);
  }

  private void collectedUntil(int references) {
    Eventually.eventually(
        "the collector finds that nobody can reach it",
        () -> {
          System.gc();
          return counted.refCnt() == references;
        });
  }

  @Test
  void contextIsGivenBackWhenNobodyCanReachIt() {
    SslContext context = CollectedContext.of(counted);
    engineOf(context).release();
    assertThat(counted.refCnt()).isEqualTo(1);
    context = null;
    collectedUntil(0);
  }

  @Test
  void contextInReachIsKept() {
    SslContext context = CollectedContext.of(counted);
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    ReferenceCountedOpenSslEngine engine = engineOf(context);
    assertThat(engine.sslPointer()).isNotZero();
    engine.release();
  }

  @Test
  void engineKeepsWhatItNeedsOfTheContext() {
    ReferenceCountedOpenSslEngine engine = engineOf(CollectedContext.of(counted));
    assertThat(counted.refCnt()).isEqualTo(2);
    collectedUntil(1);
    assertThat(engine.getEnabledProtocols()).contains("TLSv1.3");
    engine.release();
    assertThat(counted.refCnt()).isZero();
  }

  /// What has one outlives the collection that finds it dead, with all it refers to.
  @Test
  void neitherContextNorEngineHasFinalizer() throws SSLException {
    SslContext context = CollectedContext.of(SslContextBuilder.forClient());
    ReferenceCountedOpenSslEngine engine = engineOf(context);
    counted.release();
    assertThat(finalizers(context)).isEmpty();
    assertThat(finalizers(engine)).isEmpty();
    engine.release();
  }

  private static List<String> finalizers(Object of) {
    List<String> found = new ArrayList<>();
    for (Class<?> at = of.getClass(); at != Object.class; at = at.getSuperclass()) {
      Arrays.stream(at.getDeclaredMethods())
          .filter(method -> method.getName().equals("finalize"))
          .map(Object::toString)
          .forEach(found::add);
    }
    return found;
  }
}
