package io.portcullis.proxy.relay;

import io.netty.channel.ChannelInboundHandlerAdapter;

/// A connection's handler that its event loop looks at on every tick.
public abstract class WatchedHandler extends ChannelInboundHandlerAdapter implements Watched {

  private static final int NOT_WATCHED = Integer.MAX_VALUE;

  private int slot = NOT_WATCHED;

  protected final boolean isWatched() {
    return slot != NOT_WATCHED;
  }

  protected final void unwatch(Loop loop) {
    if (isWatched()) {
      loop.unwatch(this);
      slot = NOT_WATCHED;
    }
  }

  @Override
  public final int slot() {
    return slot;
  }

  @Override
  public final void slot(int at) {
    slot = at;
  }
}
