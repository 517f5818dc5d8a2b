package io.portcullis.farm.store;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Everything a new farm needs to be the old one: what a backup holds. Times are ISO-8601.
///
/// @param authorityPem the farm CA's certificate; `authorityKey` its key
/// @param nextAuthority the CA that the farm was going over to; null = none
/// @param revisions the newest ones, newest first
/// @param current the number that counts
/// @param certificates every version, keys in clear
/// @param requests keys that wait for their certificate
/// @param revoked as [Revocations] has them
/// @param members everybody who was given an identity
/// @param auditHead number and hash of the newest entry of the audit trail
public record FarmCopy(
    String farm,
    String madeAt,
    String madeBy,
    String authorityPem,
    String authorityKey,
    @Nullable NextAuthority nextAuthority,
    String farmKey,
    long current,
    List<Document> revisions,
    List<Certificate> certificates,
    List<Request> requests,
    Map<String, Long> revoked,
    List<Nodes.Member> members,
    String auditHead) {
  /// A thousand revisions of a large farm are a tenth of this.
  private static final int MAX_BYTES = 256 << 20;

  private static final JsonMapper JSON = new JsonMapper();

  /// @param issues whether it signed already
  public record NextAuthority(String certificate, String key, boolean issues) {
    @Override
    public String toString() {
      return "NextAuthority[hidden]";
    }
  }

  public record Document(
      long number, String author, String time, String reason, String source, String expanded) {}

  /// @param origin directory of the authority that the farm ordered it from; null = an operator brought it
  public record Certificate(
      String name, int version, String chain, String key, @Nullable String origin) {}

  public record Request(
      String name, List<String> names, String csr, String key, String by, String since) {}

  public FarmCopy {
    revisions = List.copyOf(revisions);
    certificates = List.copyOf(certificates);
    requests = List.copyOf(requests);
    revoked = Map.copyOf(revoked);
    members = List.copyOf(members);
  }

  public byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      JSON.writeValue(gzip, this);
    }
    return bytes.toByteArray();
  }

  /// @throws IOException whose message holds nothing of what was read
  public static FarmCopy decode(byte[] encoded) throws IOException {
    byte[] json;
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(encoded))) {
      json = gzip.readNBytes(MAX_BYTES + 1);
    }
    if (json.length > MAX_BYTES) {
      throw new IOException("it holds more than " + (MAX_BYTES >> 20) + " MB");
    }
    FarmCopy copy;
    try {
      copy = JSON.readValue(json, FarmCopy.class);
    } catch (IOException | RuntimeException e) {
      // Not its message: that may quote a key.
      throw new IOException("what is in it was written by another release, or is damaged");
    }
    if (copy == null) {
      throw new IOException("there is nothing in it");
    }
    return copy;
  }

  @Override
  public String toString() {
    return "FarmCopy[%s at %s, keys hidden]".formatted(farm, madeAt);
  }
}
