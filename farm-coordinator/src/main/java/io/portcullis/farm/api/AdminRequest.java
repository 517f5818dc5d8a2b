package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One request: who asks, for what, with a body that is whole.
///
/// @param from where the connection comes from
/// @param path decoded segments after `/v1`
record AdminRequest(
    Optional<Caller> caller,
    InetAddress from,
    String method,
    List<String> path,
    String query,
    InputStream body) {
  /// A document with the PEM files it names; ZooKeeper takes less than a megabyte of it compressed.
  static final int MAX_BODY_BYTES = 16 << 20;

  /// A certificate request with a name; anybody may send it, so it is small.
  static final int MAX_JOIN_BYTES = 64 << 10;

  private static final int MAX_SEGMENTS = 4;

  /// @param target as it came: a path with or without a query
  static AdminRequest of(
      String method, String target, Optional<Caller> caller, InetAddress from, InputStream body)
      throws Refusal {
    URI uri = parsed(target);
    String raw = uri.getRawPath();
    String[] segments = raw == null ? new String[0] : raw.split("/", MAX_SEGMENTS + 2);
    if (segments.length < 3 || segments.length > MAX_SEGMENTS || !segments[1].equals("v1")) {
      throw notFound();
    }
    List<String> path = new ArrayList<>();
    for (int i = 2; i < segments.length; i++) {
      path.add(decoded(segments[i]));
    }
    String query = uri.getRawQuery();
    return new AdminRequest(caller, from, method, path, query == null ? "" : query, body);
  }

  private static URI parsed(String target) throws Refusal {
    try {
      return new URI(target);
    } catch (URISyntaxException e) {
      throw notFound();
    }
  }

  static Refusal notFound() {
    return new Refusal(
        404, "the admin API has no such path", "use the farmctl of this coordinator's release");
  }

  private static String decoded(String segment) throws Refusal {
    try {
      return URLDecoder.decode(segment, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw notFound();
    }
  }

  <T> T read(Class<T> type, int maxBytes) throws Refusal, IOException {
    byte[] bytes = body.readNBytes(maxBytes + 1);
    if (bytes.length > maxBytes) {
      throw tooLarge(maxBytes);
    }
    return WireJson.read(bytes, type);
  }

  static Refusal tooLarge(int maxBytes) {
    return new Refusal(
        413,
        "the request is larger than %d KB".formatted(maxBytes >> 10),
        "split the document, or send fewer files with it");
  }

  boolean flag(String name) {
    return List.of(query.split("&")).contains(name + "=true");
  }
}
