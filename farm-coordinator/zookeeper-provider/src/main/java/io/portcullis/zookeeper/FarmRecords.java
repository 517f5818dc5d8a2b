package io.portcullis.zookeeper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import org.apache.zookeeper.server.DataNode;
import org.apache.zookeeper.server.DataTree;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a farm says of itself in its own znodes, read from this server's copy of the tree: whose certificates it takes (`farm-ca`), and who
/// was removed (`revoked`). Nobody is called, and what is read is as new as everything else that this server answers.
///
/// A record that cannot be understood admits nobody.
final class FarmRecords {
  private static final Logger LOG = LoggerFactory.getLogger(FarmRecords.class);

  /// Farms that one ensemble keeps; one more begins to remember anew.
  private static final int MOST_REMEMBERED = 1000;

  /// As the farm bounds its own.
  private static final int LARGEST = 32 << 20;

  private static final int GZIP_MAGIC = 0x1f;

  /// A coordinator that was removed just now may read that it was, and ends.
  private static final long LAST_LOOK_MILLIS = 5_000;

  private static final String CA = "/farm-ca";
  private static final String REVOKED = "/revoked";

  private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

  private static final class Remembered {
    final long zxid;
    final @Nullable Object value;

    Remembered(long zxid, @Nullable Object value) {
      this.zxid = zxid;
      this.value = value;
    }
  }

  /// The farm's CAs by the fingerprints of their keys.
  private static final class Authorities {
    final Map<String, PublicKey> keys = new HashMap<>();
  }

  private static final class Removed {
    final Map<String, Long> untilMillis = new HashMap<>();
  }

  private interface Reader {
    Object read(byte[] data) throws IOException, GeneralSecurityException;
  }

  boolean isFounded(DataTree tree, String root) {
    return tree.getNode(root + CA) != null;
  }

  /// @return fingerprint of the key of the farm's CA that signed `leaf`; null if none did
  @Nullable String signer(DataTree tree, String root, X509Certificate leaf) {
    Object known = read(tree, root + CA, FarmRecords::authorities);
    if (known instanceof Authorities) {
      for (Map.Entry<String, PublicKey> one : ((Authorities) known).keys.entrySet()) {
        if (isSignedBy(leaf, one.getValue())) {
          return one.getKey();
        }
      }
    }
    return null;
  }

  /// Whether somebody whose certificate was judged once is of the farm still. A farm that says nothing yet is founded by its first coordinator.
  boolean admits(DataTree tree, Identity who) {
    if (!isFounded(tree, who.root)) {
      return who.isCoordinator();
    }
    Object known = read(tree, who.root + CA, FarmRecords::authorities);
    return known instanceof Authorities
        && ((Authorities) known).keys.containsKey(who.authority)
        && !isRemoved(tree, who);
  }

  private boolean isRemoved(DataTree tree, Identity who) {
    if (tree.getNode(who.root + REVOKED) == null) {
      return false;
    }
    Object removed = read(tree, who.root + REVOKED, FarmRecords::removed);
    if (!(removed instanceof Removed)) {
      return true;
    }
    Long until = ((Removed) removed).untilMillis.get(who.name());
    if (until == null || who.issuedMillis > until) {
      return false;
    }
    long past = System.currentTimeMillis() - until;
    boolean spared = who.isCoordinator() && past >= 0 && past < LAST_LOOK_MILLIS;
    return !spared;
  }

  /// @return null if there is no such record, or it is not understood
  private @Nullable Object read(DataTree tree, String path, Reader reader) {
    DataNode node = tree.getNode(path);
    if (node == null) {
      return null;
    }
    // The number before the data: what is newer than its number is read once more.
    long zxid = node.stat.getMzxid();
    Remembered known = remembered.get(path);
    if (known != null && known.zxid == zxid) {
      return known.value;
    }
    Object value = understood(path, node.getData(), reader);
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(path, new Remembered(zxid, value));
    return value;
  }

  private static @Nullable Object understood(String path, byte @Nullable [] data, Reader reader) {
    try {
      return reader.read(data == null ? new byte[0] : data);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.error(
          "{} is not understood, so nobody of that farm is admitted: install the provider of its release ({})",
          path,
          e.toString());
      return null;
    }
  }

  private static Authorities authorities(byte[] data) throws IOException, GeneralSecurityException {
    Map<?, ?> plan = object(data);
    Authorities authorities = new Authorities();
    for (String which : new String[] {"current", "next"}) {
      Object pem = plan.get(which);
      if (pem instanceof String) {
        for (X509Certificate one : certificates((String) pem)) {
          authorities.keys.put(fingerprint(one.getPublicKey()), one.getPublicKey());
        }
      }
    }
    if (authorities.keys.isEmpty()) {
      throw new IOException("no CA in it");
    }
    return authorities;
  }

  private static Removed removed(byte[] data) throws IOException {
    Object all = object(data).get("untilMillis");
    if (!(all instanceof Map)) {
      throw new IOException("no list in it");
    }
    Removed removed = new Removed();
    for (Map.Entry<?, ?> one : ((Map<?, ?>) all).entrySet()) {
      removed.untilMillis.put((String) one.getKey(), (Long) one.getValue());
    }
    return removed;
  }

  private static Map<?, ?> object(byte[] data) throws IOException {
    Object value = Json.read(new String(inflated(data), StandardCharsets.UTF_8));
    if (!(value instanceof Map)) {
      throw new IOException("not an object");
    }
    return (Map<?, ?>) value;
  }

  private static byte[] inflated(byte[] data) throws IOException {
    if (data.length < 3 || data[0] != GZIP_MAGIC) {
      return data;
    }
    try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(data))) {
      byte[] all = gzip.readNBytes(LARGEST + 1);
      if (all.length > LARGEST) {
        throw new IOException("inflates to more than " + LARGEST + " bytes");
      }
      return all;
    }
  }

  private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    List<X509Certificate> authorities = new ArrayList<>();
    for (Certificate one :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
      X509Certificate certificate = (X509Certificate) one;
      if (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
        authorities.add(certificate);
      }
    }
    return authorities;
  }

  static boolean isSignedBy(X509Certificate leaf, PublicKey key) {
    try {
      leaf.verify(key);
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  static String fingerprint(PublicKey key) throws GeneralSecurityException {
    StringBuilder hex = new StringBuilder();
    for (byte one : MessageDigest.getInstance("SHA-256").digest(key.getEncoded())) {
      hex.append(String.format("%02x", one));
    }
    return hex.toString();
  }
}
