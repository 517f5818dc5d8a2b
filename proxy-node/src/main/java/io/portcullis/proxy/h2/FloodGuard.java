package io.portcullis.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import java.util.concurrent.TimeUnit;

/// Counts the frames that cost us work and the client nothing: PING, SETTINGS, WINDOW_UPDATE, PRIORITY, RST_STREAM, CONTINUATION, unknown
/// and (nearly) empty DATA frames. A connection earns them with time, with requests, and with bytes that we send it; one that spends more
/// is told ENHANCE_YOUR_CALM and closed (RFC 9113 §10.5).
///
/// Only the nine bytes in front of each frame are looked at; payloads are skipped, nothing is copied, and no clock is read while there is
/// credit.
final class FloodGuard extends ChannelDuplexHandler {

  private static final int PREFACE_BYTES = 24;
  private static final int HEADER_BYTES = 9;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 0x4;

  /// A browser opens with some ten such frames; a fast download acknowledges every 16 KB.
  private static final int MOST_CREDIT = 1000;

  private static final int CREDIT_PER_SECOND = 100;
  private static final int CREDIT_PER_REQUEST = 4;

  /// A request that is taken back gives nothing (CVE-2023-44487).
  private static final int COST_OF_RESET = CREDIT_PER_REQUEST + 1;

  private static final int BYTES_SENT_PER_CREDIT = 2048;

  /// Data in such crumbs is no upload.
  private static final int CRUMB_BYTES = 16;

  private final Http2FrameCodec codec;
  private int skip = PREFACE_BYTES;
  private int headerBytes;
  private int length;
  private int type;
  private int flags;
  private boolean blockOpen;
  private int credit = MOST_CREDIT;
  private int sent;
  private long filledAt = System.nanoTime();
  private boolean flooded;

  FloodGuard(Http2FrameCodec codec) {
    this.codec = codec;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (!flooded) {
      walk(in);
    }
    if (!flooded) {
      ctx.fireChannelRead(in);
      return;
    }
    in.release();
    ChannelHandlerContext codecContext = ctx.pipeline().context(codec);
    if (codecContext != null) {
      codec.onError(
          codecContext,
          false,
          Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames"));
    }
    ctx.channel().config().setAutoRead(false);
  }

  private void walk(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end && !flooded) {
      if (skip > 0) {
        int some = Math.min(skip, end - at);
        skip -= some;
        at += some;
        continue;
      }
      int b = in.getUnsignedByte(at++);
      if (headerBytes < 3) {
        length = headerBytes == 0 ? b : length << 8 | b;
      } else if (headerBytes == 3) {
        type = b;
      } else if (headerBytes == 4) {
        flags = b;
      }
      if (++headerBytes == HEADER_BYTES) {
        headerBytes = 0;
        skip = length;
        frame();
      }
    }
  }

  /// Whether a header block has begun and not ended: nothing else may come on the connection until it has (RFC 9113 §4.3).
  boolean isHeadOpen() {
    return blockOpen || (skip > 0 && isOfHead());
  }

  private boolean isOfHead() {
    return type == HEADERS || type == CONTINUATION;
  }

  private void frame() {
    if (isOfHead()) {
      blockOpen = (flags & END_HEADERS) == 0;
    }
    switch (type) {
      case DATA -> spend(length < CRUMB_BYTES ? 1 : 0);
      case HEADERS -> earn(CREDIT_PER_REQUEST);
      case RST_STREAM -> spend(COST_OF_RESET);
      default -> spend(1);
    }
  }

  private void earn(int some) {
    credit = Math.min(MOST_CREDIT, credit + some);
  }

  private void spend(int some) {
    credit -= some;
    if (credit < 0) {
      long now = System.nanoTime();
      long earned = (now - filledAt) / (TimeUnit.SECONDS.toNanos(1) / CREDIT_PER_SECOND);
      filledAt = now;
      earn((int) Math.min(MOST_CREDIT, earned));
      flooded = credit < 0;
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf out) {
      sent += out.readableBytes();
      if (sent >= BYTES_SENT_PER_CREDIT) {
        earn(sent / BYTES_SENT_PER_CREDIT);
        sent %= BYTES_SENT_PER_CREDIT;
      }
    }
    ctx.write(message, promise);
  }
}
