package io.portcullis.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Headers;
import io.portcullis.proxy.message.Limits;

/// The request half of a stream: frames in, bytes of one HTTP/1.1 request out, with a framing that is made here.
final class RequestStream {

  private static final byte[] CRLF = {'\r', '\n'};

  /// Eight hexadecimal digits and two line ends; no frame has 2^32 bytes.
  private static final int CHUNK_LINE_BYTES = 12;

  private boolean began;
  private boolean done;
  private boolean chunked;
  private boolean inChunks;
  private long length = RequestHead.NO_LENGTH;
  private long received;

  boolean began() {
    return began;
  }

  boolean isDone() {
    return done;
  }

  void head(ChannelHandlerContext to, RequestHead head, boolean ends) {
    began = true;
    done = ends;
    chunked = head.isChunked();
    length = head.length();
    to.fireChannelRead(head.write(to.alloc()));
  }

  /// Takes ownership of `content` if it returns.
  void data(ChannelHandlerContext to, ByteBuf content, boolean ends) throws MalformedRequest {
    received += content.readableBytes();
    boolean fits =
        length == RequestHead.NO_LENGTH || (ends ? received == length : received <= length);
    if (!began || done || !fits) {
      throw MalformedRequest.protocol();
    }
    done = ends;
    if (!content.isReadable()) {
      content.release();
    } else if (chunked) {
      chunk(to, content);
    } else {
      to.fireChannelRead(content);
    }
    endChunks(to);
  }

  private void chunk(ChannelHandlerContext to, ByteBuf content) {
    int size = content.readableBytes();
    boolean joins = size <= Limits.BODY_WITH_HEAD_BYTES;
    ByteBuf line = to.alloc().buffer(CHUNK_LINE_BYTES + (joins ? size : 0));
    if (inChunks) {
      line.writeBytes(CRLF);
    }
    inChunks = true;
    ByteBufUtil.writeAscii(line, Integer.toHexString(size));
    line.writeBytes(CRLF);
    if (joins) {
      line.writeBytes(content);
      content.release();
      to.fireChannelRead(line);
    } else {
      to.fireChannelRead(line);
      to.fireChannelRead(content);
    }
  }

  private void endChunks(ChannelHandlerContext to) {
    if (done && chunked) {
      to.fireChannelRead(
          ByteBufUtil.writeAscii(to.alloc(), inChunks ? "\r\n0\r\n\r\n" : "0\r\n\r\n"));
    }
  }

  /// Trailers end a body. They are checked and dropped (RFC 9110 §6.5.1 lets anybody).
  void trailers(ChannelHandlerContext to, Http2Headers trailers, boolean ends)
      throws MalformedRequest {
    boolean fits = length == RequestHead.NO_LENGTH || received == length;
    if (done || !ends || !fits) {
      throw MalformedRequest.protocol();
    }
    for (var trailer : trailers) {
      HeaderText.checkName(trailer.getKey());
      HeaderText.checkValue(trailer.getValue());
    }
    done = true;
    endChunks(to);
  }
}
