package io.portcullis.proxy.h2;

import static io.portcullis.proxy.h2.Http2Client.frameBytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 7541 as cases: representations of a field, in hexadecimal, before or behind the head of a plain GET.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompressionCasesTest {

  private static final int WHOLE = Http2Client.END_STREAM | Http2Client.END_HEADERS;

  private Http2Farm farm;

  @BeforeAll
  void begin() throws Exception {
    farm = new Http2Farm(Http2Farm::hello);
  }

  @AfterAll
  void end() throws Exception {
    farm.close();
  }

  private static byte[] get(int stream, String before, String behind) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(HexFormat.of().parseHex(before));
    block.writeBytes(Http2Client.block(Http2Farm.get("/")));
    block.writeBytes(HexFormat.of().parseHex(behind));
    return frameBytes(Http2Client.HEADERS, WHOLE, stream, block.toByteArray());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          90                             | accept-encoding: gzip, deflate | indexed (6.1)
          7a0474657374                   | user-agent: test | with indexing, name of the table (6.2.1)
          7a8349509f                     | user-agent: test | the same, Huffman
          4006782d746573740474657374     | x-test: test     | with indexing, new name (6.2.1)
          4085f2b24a84ff8349509f         | x-test: test     | the same, Huffman
          0f2b0474657374                 | user-agent: test | without indexing, name of the table (6.2.2)
          0f2b8349509f                   | user-agent: test | the same, Huffman
          0006782d746573740474657374     | x-test: test     | without indexing, new name (6.2.2)
          0085f2b24a84ff8349509f         | x-test: test     | the same, Huffman
          1f2b0474657374                 | user-agent: test | never indexed, name of the table (6.2.3)
          1f2b8349509f                   | user-agent: test | the same, Huffman
          1006782d746573740474657374     | x-test: test     | never indexed, new name (6.2.3)
          1085f2b24a84ff8349509f         | x-test: test     | the same, Huffman
          """)
  void aFieldIsReadHoweverItIsWritten(String field, String line, String why) throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(get(1, "", field));
      assertThat(client.outcome(1)).as(why).isEqualTo("200 hello");
    }
    assertThat(farm.member.requests.getLast()).as(why).contains("\r\n" + line + "\r\n");
  }

  /// Changes of the table's size stand in front of a block, up to two of them (RFC 7541 §4.2, §6.3).
  @ParameterizedTest
  @CsvSource({"20", "203fe11f"})
  void theTableMayChangeItsSize(String change) throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(get(1, change, ""));
      assertThat(client.outcome(1)).isEqualTo("200 hello");
    }
  }

  /// What was indexed is known to the streams behind (RFC 7541 §2.3.2), until the table becomes too small for it (§4.3).
  @Test
  void theTableIsKeptAndEmptied() throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(get(1, "", "4085f2b24a84ff8349509f"));
      assertThat(client.outcome(1)).isEqualTo("200 hello");
      client.raw(get(3, "", "be"));
      assertThat(client.outcome(3)).isEqualTo("200 hello");
      assertThat(farm.member.requests.getLast()).contains("\r\nx-test: test\r\n");
      client.raw(get(5, "203fe11f", "be"));
      assertThat(client.outcome(5)).isEqualTo("goaway 9");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                  | c6                         | an index beyond the tables (2.3.3)
                  | fe                         | an index far beyond the tables (2.3.3)
                  | 7f070474657374             | a name beyond the tables (2.3.3)
                  | 0f370474657374             | a name beyond the tables, without indexing (2.3.3)
                  | 80                         | index 0 (6.1)
          3fe21f  |                            | a table larger than allowed (6.3)
                  | 20                         | a change of size behind a field (4.2)
                  | 0085f2b24a84ff8449509fff   | Huffman padding of more than seven bits (5.2)
                  | 0085f2b24a84ff83495090     | Huffman padding of zeros (5.2)
                  | 0085f2b24a84ff87fffffffd25427f | Huffman EOS inside a string (5.2)
                  | 008400ffffffff0131         | Huffman EOS in a name (5.2)
                  | 0006782d74657374047465     | a string longer than its block (5.2)
          """)
  void whatCannotBeReadEndsTheConnection(String before, String behind, String why)
      throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(get(1, before == null ? "" : before, behind == null ? "" : behind));
      assertThat(client.outcome(1)).as(why).isEqualTo("goaway 9");
    }
  }
}
