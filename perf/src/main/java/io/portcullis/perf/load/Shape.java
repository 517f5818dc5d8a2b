package io.portcullis.perf.load;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The plain shapes: one request an arrival, to learn what one thing costs.
public enum Shape {
  /// A 64-byte answer on a kept connection: the cost of a request.
  SMALL(UserModel.Connections.KEPT, false, 64),
  /// The same on a new connection with a full handshake.
  TLS_FULL(UserModel.Connections.NEW, false, 64),
  /// The same on a new connection that resumes a session.
  TLS_RESUMED(UserModel.Connections.RESUMED, false, 64),
  /// A megabyte down, kept connections: the cost of a byte.
  BULK(UserModel.Connections.KEPT, false, 1 << 20),
  /// A megabyte up.
  UPLOAD(UserModel.Connections.KEPT, true, 1 << 20);

  private final UserModel.Connections connections;
  private final boolean up;
  private final long bytes;

  Shape(UserModel.Connections connections, boolean up, long bytes) {
    this.connections = connections;
    this.up = up;
    this.bytes = bytes;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// @param target path to ask for, null for what a staging pool answers with known content
  /// @param size bytes down (what is asked of a staging pool) or up, null for the shape's own
  UserModel model(Site site, @Nullable String target, @Nullable Long size) {
    long length = size == null ? bytes : size;
    Request request =
        up
            ? Request.post(word(), site.web(), target == null ? "/sink" : target, length)
            : target != null
                ? Request.get(word(), site.web(), target)
                : Request.get(word(), site.web(), "/bytes/" + length).expectingBytes(length);
    return new UserModel() {
      @Override
      public Connections connections() {
        return connections;
      }

      @Override
      public Journey begin(long user) {
        return last -> last == null ? request : null;
      }
    };
  }
}
