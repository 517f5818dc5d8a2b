package io.portcullis.perf.staging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a stand-in Front End says about a request it received: the JSON form of its echo.
///
/// @param connection number of the TCP connection on this member, from 1
/// @param exchange number of the request on that connection, from 1
/// @param scheme `https` or `http`: the port it came in on
/// @param tls protocol version, null on the clear port
/// @param serverName the SNI received, null without
/// @param client address and port of the peer, which is the node
/// @param requestLine the bytes received, one character per byte (ISO-8859-1)
/// @param headers in the order received, repeated ones repeated, values without surrounding blanks
public record StagingReport(
    String member,
    long connection,
    long exchange,
    String scheme,
    @Nullable String tls,
    @Nullable String cipher,
    @Nullable String serverName,
    String client,
    String requestLine,
    List<Header> headers,
    long bodyBytes) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public StagingReport {
    headers = List.copyOf(headers);
  }

  public record Header(String name, String value) {}

  public static StagingReport parse(String json) throws JsonProcessingException {
    return JSON.readValue(json, StagingReport.class);
  }

  /// The first value of a header, or null.
  public @Nullable String header(String name) {
    for (Header header : headers) {
      if (header.name().equalsIgnoreCase(name)) {
        return header.value();
      }
    }
    return null;
  }

  String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The same for people, without the head, which follows byte for byte.
  String preamble() {
    StringBuilder text = new StringBuilder();
    text.append("member:     ").append(member).append('\n');
    text.append("connection: ")
        .append(connection)
        .append(", exchange ")
        .append(exchange)
        .append('\n');
    text.append("from:       ").append(client).append('\n');
    text.append("transport:  ").append(scheme);
    if (tls != null) {
      text.append(' ')
          .append(tls)
          .append(' ')
          .append(cipher)
          .append(", server name ")
          .append(serverName);
    }
    return text.append("\nbody:       ").append(bodyBytes).append(" bytes\n\n").toString();
  }
}
