package io.portcullis.proxy.message;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.WriteBufferWaterMark;

/// The options of every connection, client side and member side alike. Netty has set TCP_NODELAY by itself.
public final class SocketOptions {

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(Limits.WRITE_BUFFER_LOW, Limits.WRITE_BUFFER_HIGH);
  private static final AdaptiveRecvByteBufAllocator RECEIVE_BUFFERS =
      new AdaptiveRecvByteBufAllocator(
          Limits.RECEIVE_BUFFER_LEAST, Limits.RECEIVE_BUFFER_FIRST, Limits.RECEIVE_BUFFER_MOST);

  private SocketOptions() {}

  public static void apply(Channel channel) {
    ChannelConfig config = channel.config();
    Transport.of(channel).dress(channel);
    config.setWriteBufferWaterMark(WATER_MARK);
    config.setRecvByteBufAllocator(RECEIVE_BUFFERS);
  }
}
