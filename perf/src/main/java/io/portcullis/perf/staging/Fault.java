package io.portcullis.perf.staging;

import java.util.Arrays;
import java.util.Locale;

/// What can be wrong with a pool, or between it and the node; switched on and off while it runs.
public enum Fault {
  SAN_LACKS_NAME("the certificate names neither the pool nor its external name"),
  CHAIN_INCOMPLETE("the intermediate certificate is not sent"),
  UNTRUSTED_CA("the certificate comes from an authority that the farm was not given"),
  EXPIRED_CERTIFICATE("the certificate ended yesterday"),
  NOT_FOR_SERVERS("the certificate's usage is client authentication only"),
  TLS12_ONLY("TLS 1.2 is the newest version spoken"),
  INTERNAL_SITE("the external ports serve the internal web site"),
  PORTS_SWAPPED("the TLS port speaks in clear, the clear port TLS"),
  HOST_REWRITTEN("something in between replaced the Host header by the pool's internal name"),
  WRONG_SITE("a site of IIS without Lync's directories answers: 404 everywhere"),
  SIP_DOWN("port 5061 does not accept: the Front End service is stopped behind a live IIS"),
  UCWA_REFUSING("UCWA answers 503 behind a live IIS"),
  WEB_TICKETS_REFUSING("the web ticket service answers 503 behind a live IIS"),
  MCX_MISSING("the mobility service is not installed: /Mcx answers 404"),
  MCX_REFUSING("the mobility service answers 503 behind a live IIS"),
  BUSY("every request is answered 503"),
  NTLM_BROKEN("the first leg of NTLM is answered without a challenge"),
  NTLM_SHARED("who authenticated on one connection is taken for the user of all"),
  NTLM_FORGOTTEN("who authenticated is asked again by the next request on the same connection"),
  AUTHENTICATION_OFF("directories that ask for NTLM answer everybody"),
  DISCOVERY_TO_HTTPS("discovery on the clear port redirects to https"),
  UNPUBLISHED_LINK("discovery links to webext99.contoso.com, which nobody publishes"),
  TICKET_URL_MISSING("401 of discovery does not say where web tickets are issued"),
  CHALLENGES_MERGED("both lines of WWW-Authenticate arrive as one"),
  CLOCK_SKEW("the clock is an hour behind"),
  IDLE_CUT("a response that is not there after a second never comes: the connection is closed"),
  OFFICE_LINKS_INTERNAL("Office Web Apps discovery names the internal host");

  private final String what;

  Fault(String what) {
    this.what = what;
  }

  /// As it is typed: `san-lacks-name`.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String what() {
    return what;
  }

  /// @throws IllegalArgumentException naming all there are
  public static Fault of(String word) {
    return Arrays.stream(values())
        .filter(fault -> fault.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no fault \"%s\"; there are: %s"
                    .formatted(
                        word,
                        String.join(", ", Arrays.stream(values()).map(Fault::word).toList()))));
  }
}
