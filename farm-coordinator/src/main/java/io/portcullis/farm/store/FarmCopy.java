package io.portcullis.farm.store;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingSnapshot;
import io.portcullis.farm.binding.BindingTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
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
/// @param bindings which member owns which source; null = from a release that left them out
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
    @Nullable Bindings bindings,
    String auditHead) {
  /// A thousand revisions of a large farm are a tenth of this.
  private static final int MAX_BYTES = 256 << 20;

  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  private static final JsonMapper JSON = new JsonMapper();

  /// @param issues whether it signed already
  public record NextAuthority(String certificate, String key, boolean issues) {
    @Override
    public String toString() {
      return "NextAuthority[hidden]";
    }
  }

  /// The table of bindings where an epoch begins, in base64.
  ///
  /// @param epoch that the restored farm's log begins with
  /// @param manifest null = the table was left out
  public record Bindings(long epoch, int count, @Nullable String manifest, List<String> parts) {
    public Bindings {
      parts = List.copyOf(parts);
    }

    /// The table as it was captured for that epoch.
    public static Bindings of(BindingSnapshot.Capture capture) {
      BindingSnapshot snapshot = BindingSnapshot.encode(capture);
      return new Bindings(
          capture.epoch(),
          capture.bindings(),
          BASE64.encodeToString(snapshot.manifest()),
          snapshot.parts().stream().map(BASE64::encodeToString).toList());
    }

    /// Only where the log is to begin.
    public Bindings leftOut() {
      return new Bindings(epoch, 0, null, List.of());
    }

    /// Checked to be whole; empty if the table was left out.
    BindingSnapshot snapshot() throws IOException {
      if (manifest == null) {
        return BindingSnapshot.encode(BindingSnapshot.capture(new BindingTable(), epoch));
      }
      Base64.Decoder base64 = Base64.getDecoder();
      BindingSnapshot snapshot =
          new BindingSnapshot(base64.decode(manifest), parts.stream().map(base64::decode).toList());
      try {
        BindingTable _ = snapshot.table();
      } catch (BadEntry e) {
        throw new IOException("its bindings are damaged: " + e.getMessage(), e);
      }
      return snapshot;
    }
  }

  public FarmCopy without(Bindings less) {
    return new FarmCopy(
        farm,
        madeAt,
        madeBy,
        authorityPem,
        authorityKey,
        nextAuthority,
        farmKey,
        current,
        revisions,
        certificates,
        requests,
        revoked,
        members,
        less,
        auditHead);
  }

  /// @throws IOException if something in it cannot be used
  public void require() throws IOException {
    if (bindings != null) {
      BindingSnapshot _ = bindings.snapshot();
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
