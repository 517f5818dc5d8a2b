package io.portcullis.farm.codec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/// A certificate with its key out of a PKCS #12 file (RFC 7292), as Windows and openssl export it.
///
/// No message contains anything of the key or the password.
///
/// @param chainPem leaf first, each followed by the one that issued it, as far as the file has them
/// @param keyPem PKCS #8
public record Pkcs12(String chainPem, String keyPem) {
  private static final int PEM_LINE = 64;

  /// An ASN.1 SEQUENCE, with which every PKCS #12 file begins and no PEM text does.
  private static final int SEQUENCE = 0x30;

  /// Whether these bytes are worth a password.
  public static boolean maybe(byte[] file) {
    return file.length > 0 && file[0] == SEQUENCE;
  }

  /// @throws CertificateException saying what is in the way: damaged, another password, no key, several keys
  public static Pkcs12 read(byte[] file, char[] password) throws CertificateException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(file), password);
      String alias = onlyKey(store);
      if (!(store.getKey(alias, password) instanceof PrivateKey key)) {
        throw new CertificateException("the key in it cannot be read");
      }
      StringBuilder chain = new StringBuilder();
      for (Certificate certificate : store.getCertificateChain(alias)) {
        chain.append(pem(certificate));
      }
      return new Pkcs12(chain.toString(), PrivateKeys.pkcs8(key));
    } catch (CertificateException e) {
      throw e;
    } catch (IOException e) {
      throw new CertificateException(
          e.getCause() instanceof UnrecoverableKeyException
              ? wrong(password)
              : "it is not a PKCS #12 file, or is damaged");
    } catch (GeneralSecurityException e) {
      throw new CertificateException(
          "its key cannot be read; export it again with one password for all of it");
    }
  }

  /// Java reads the older kind, sealed with 3DES or RC2, by ASCII passwords only.
  private static String wrong(char[] password) {
    boolean plain = new String(password).chars().allMatch(c -> c >= ' ' && c <= '~');
    return plain
        ? "the password does not open it"
        : "the password does not open it; if it is the right one, export the file again sealed with AES-256, or with a password of plain letters";
  }

  private static String onlyKey(KeyStore store) throws KeyStoreException, CertificateException {
    List<String> keys = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        keys.add(alias);
      }
    }
    return switch (keys.size()) {
      case 1 -> keys.getFirst();
      case 0 ->
          throw new CertificateException("it holds no private key; export it with its private key");
      default ->
          throw new CertificateException(
              "it holds %d keys; export the one certificate that is meant".formatted(keys.size()));
    };
  }

  private static String pem(Certificate certificate) throws CertificateException {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(
            Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'})
                .encodeToString(certificate.getEncoded()));
  }

  @Override
  public String toString() {
    return "Pkcs12[key hidden]";
  }
}
