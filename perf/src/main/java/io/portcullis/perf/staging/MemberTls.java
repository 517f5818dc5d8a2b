package io.portcullis.perf.staging;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// The TLS of one server: its own identity, and those that a fault puts in its place, chosen at each handshake.
final class MemberTls {
  private static final Duration ENDED_YESTERDAY = Duration.ofDays(-1);

  private final SSLContext well;
  private final SSLContext otherNames;
  private final SSLContext noChain;
  private final SSLContext untrusted;
  private final SSLContext expired;
  private final SSLContext forClients;

  MemberTls(LabAuthority authority, List<String> names) throws GeneralSecurityException {
    well = authority.issue(names).serverContext();
    otherNames = authority.issue(List.of("old-pool.contoso.local")).serverContext();
    noChain = authority.subordinate("Contoso issuing CA").issue(names).leafOnlyContext();
    untrusted = LabAuthority.create("Somebody else's CA").issue(names).serverContext();
    forClients = authority.issueForClients(names).serverContext();
    expired = authority.issue(names, ENDED_YESTERDAY).serverContext();
  }

  SSLSocket accept(Socket socket, Faults faults) throws IOException {
    SSLSocket tls = (SSLSocket) context(faults).getSocketFactory().createSocket(socket, null, true);
    tls.setUseClientMode(false);
    tls.setEnabledProtocols(
        faults.has(Fault.TLS12_ONLY)
            ? new String[] {"TLSv1.2"}
            : new String[] {"TLSv1.3", "TLSv1.2"});
    return tls;
  }

  private SSLContext context(Faults faults) {
    if (faults.has(Fault.SAN_LACKS_NAME)) {
      return otherNames;
    }
    if (faults.has(Fault.CHAIN_INCOMPLETE)) {
      return noChain;
    }
    if (faults.has(Fault.UNTRUSTED_CA)) {
      return untrusted;
    }
    if (faults.has(Fault.NOT_FOR_SERVERS)) {
      return forClients;
    }
    return faults.has(Fault.EXPIRED_CERTIFICATE) ? expired : well;
  }
}
