package io.portcullis.proxy.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.proxy.message.BodyCursor;
import io.portcullis.proxy.message.HeadCollector;
import io.portcullis.proxy.message.HeadRoom;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Requests made from a grammar that knows the tricks, several in a row, through the parser as the engine uses it: whatever is passed on,
/// all dialects read the same requests in it. `-Dfuzz.seed=N -Dfuzz.rounds=N` repeats or prolongs a run.
class GrammarFuzzTest {

  private static final long SEED = Long.getLong("fuzz.seed", 20261121);
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 30_000);

  private static final String[] ENDS = {
    "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", "\r\n ", "\n\r"
  };
  private static final String[] COLONS = {
    ": ", ": ", ": ", ": ", ":", " : ", ":\t", ":\0", ":\u000b", "::"
  };
  private static final String[] NAMES = {
    "Content-Length",
    "Content-Length",
    "Transfer-Encoding",
    "Transfer-Encoding",
    "content-length",
    "TRANSFER-ENCODING",
    "Transfer-Encoding",
    "Connection",
    "X",
    "Host",
    "Expect",
    "Content_Length",
    " Content-Length",
    "Transfer-Encoding\0"
  };
  private static final String[] VALUES = {
    "0",
    "5",
    "5",
    "40",
    "chunked",
    "chunked",
    "chunked",
    "Chunked",
    "5, 5",
    "+5",
    "0x5",
    "05",
    "5 5",
    "identity",
    "chunked, identity",
    "xchunked",
    "chunked;q=1",
    "\"chunked\"",
    "",
    "close",
    "keep-alive",
    "Content-Length",
    "Transfer-Encoding",
    "100-continue",
    "99999999999999999999",
    "5\u00a0",
    "\u000bchunked"
  };
  private static final String[] BODIES = {
    "",
    "hello",
    "5\r\nhello\r\n0\r\n\r\n",
    "0\r\n\r\n",
    "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
    "5;x=\"\r\n\r\nhello\r\n0\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",
    "0005 \r\nhello\r\n0\r\n\r\n",
    "0\r\nContent-Length: 5\r\n\r\n",
    "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
  };

  @Test
  void whatPassesHasOneReading() {
    int passed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      RandomGenerator random = new SplittableRandom(SEED + round);
      byte[] bytes = message(random).getBytes(ISO_8859_1);
      byte[] forwarded = forward(bytes);
      int requests = Dialect.STRICT.read(forwarded).targets().size();
      for (Dialect dialect : Dialect.values()) {
        assertThat(dialect.read(forwarded).targets().size())
            .as("%s, seed %d: %s", dialect, SEED + round, new String(bytes, ISO_8859_1))
            .isEqualTo(requests);
      }
      passed += requests;
    }
    assertThat(passed).as("the grammar makes good requests too").isGreaterThan(ROUNDS / 20);
  }

  private static String message(RandomGenerator random) {
    StringBuilder all = new StringBuilder();
    for (int request = 1 + random.nextInt(3); request > 0; request--) {
      all.append(random.nextInt(3) == 0 ? "GET" : "POST").append(" /x HTTP/1.");
      all.append(random.nextInt(8) == 0 ? "0" : "1").append(end(random)).append("Host: a\r\n");
      for (int line = random.nextInt(4); line > 0; line--) {
        all.append(one(NAMES, random)).append(one(COLONS, random)).append(one(VALUES, random));
        all.append(end(random));
      }
      all.append(end(random)).append(one(BODIES, random));
    }
    return all.toString();
  }

  /// One in eight line ends is a chosen one.
  private static String end(RandomGenerator random) {
    return random.nextInt(8) == 0 ? one(ENDS, random) : "\r\n";
  }

  private static String one(String[] of, RandomGenerator random) {
    return of[random.nextInt(of.length)];
  }

  /// What a member gets of `bytes`, up to the first refusal.
  private static byte[] forward(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    HeadCollector heads = HeadCollector.ofRequests(HeadRoom.unbounded());
    BodyCursor body = new BodyCursor();
    ParsedRequest head = new ParsedRequest();
    byte[] scratch = new byte[Limits.HEAD_BYTES];
    try {
      while (in.isReadable()) {
        int length = heads.collect(in, scratch);
        if (length == 0) {
          break;
        }
        head.parse(heads.take(), length);
        ByteBuf passed = head.toMember(UnpooledByteBufAllocator.DEFAULT, false, false, 0);
        out.writeBytes(bytes(passed));
        body.begin(head.framing(), head.contentLength());
        while (in.isReadable() && !body.isDone()) {
          out.writeBytes(bytes(in.readRetainedSlice(body.take(in))));
        }
      }
    } catch (MessageRefused _) {
      // The connection ends here.
    }
    return out.toByteArray();
  }

  private static byte[] bytes(ByteBuf some) {
    byte[] copy = new byte[some.readableBytes()];
    some.readBytes(copy);
    some.release();
    return copy;
  }
}
