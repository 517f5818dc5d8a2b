package io.portcullis.perf.staging;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What one stand-in server is and knows; shared by all its connections.
///
/// @param externalName external web services name of its role
/// @param poolName internal name of the pool
/// @param asked how often each scripted path was asked for
/// @param last who authenticated last, for the fault that confuses connections
record Server(
    String name,
    ServerRole role,
    String externalName,
    String poolName,
    Behaviour behaviour,
    Faults faults,
    WebTickets tickets,
    Ucwa ucwa,
    Mcx mcx,
    AtomicReference<@Nullable String> last,
    ConcurrentHashMap<String, AtomicLong> asked) {

  /// The name that its links give: what clients of this site use.
  String siteName(boolean external) {
    if (faults.has(Fault.UNPUBLISHED_LINK)) {
      return "webext99.contoso.com";
    }
    return external ? externalName : poolName;
  }

  /// Remembered only while connections are confused, so that the fault begins with the next who signs in.
  void lastUser(String user) {
    last.set(faults.has(Fault.NTLM_SHARED) ? user : null);
  }

  @Nullable String lastUser() {
    return faults.has(Fault.NTLM_SHARED) ? last.get() : null;
  }
}
