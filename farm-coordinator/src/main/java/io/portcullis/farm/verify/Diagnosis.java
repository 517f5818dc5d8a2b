package io.portcullis.farm.verify;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What is wrong, in one closed list: the same word in the table, in JSON and in the tests, each with the next step.
///
/// A cause explains its consequences: a member whose certificate is not trusted makes every answer through the nodes a
/// 502, and only the certificate is reported.
public enum Diagnosis {
  ENTRANCE_REFUSED(
      "is the node running, does its firewall let this port in, and is it the address of the node?"),
  ENTRANCE_SILENT("a firewall drops the packets: open the port from here to the node"),
  PUBLIC_NOT_TLS("the listener behind this port has no tls: give the TLS listener's port"),
  PUBLIC_TLS_VERSION("client and listener share no TLS version: look at the listener's minVersion"),
  PUBLIC_CHAIN_INCOMPLETE(
      "append the intermediate certificate to chainFile, leaf first, and apply"),
  PUBLIC_UNTRUSTED("use a certificate of a public authority, or name its root with --ca FILE"),
  PUBLIC_NAME_MISSING("order a certificate with this name: farmctl lync csr lists all of them"),
  PUBLIC_EXPIRED("renew it: farmctl lync csr, then import the answer and apply"),
  PUBLIC_NOT_FOR_SERVERS(
      "order one with the usage server authentication: farmctl lync csr asks for it"),
  DNS_MISSING("create the record: farmctl lync dns --external ADDRESS prints it"),
  DNS_ELSEWHERE("let the record point to a node or the farm's virtual address: farmctl lync dns"),
  DNS_INSIDE_ELSEWHERE(
      "let it lead into the pool, as farmctl lync dns shows: people on the inside need no proxy"),
  DNS_INSIDE_SHOWN(
      "remove it from public DNS: clients prefer it, and reach nothing there from outside"),
  DNS_SILENT("name a DNS server that answers here: --dns, --dns-inside"),
  OWN_ADDRESS(
      "the name resolves to the farm itself: give the member's own address, or an entry in hosts"),
  MEMBER_UNRESOLVED("give the member an address, or an entry in hosts"),
  MEMBER_REFUSED(
      "is IIS running there, and is bridging the port of the external web site (4443, 8080)?"),
  MEMBER_SILENT(
      "a firewall between the perimeter and the pool drops the packets: open 4443 and 8080"),
  PORTS_SWAPPED(
      "exchange the two ports of bridging: https is the TLS port (4443), http the clear one (8080)"),
  MEMBER_NOT_TLS(
      "this port speaks in clear: bridging.https must be the TLS port of the external site, 4443"),
  MEMBER_TLS_VERSION(
      "the pool's tls.minVersion is newer than the server speaks: lower it, or update the server"),
  MEMBER_CHAIN_INCOMPLETE(
      "install the intermediate certificate on the server, or add it to trustFile"),
  MEMBER_UNTRUSTED("put the root that issued the pool's certificate into trustFile"),
  MEMBER_NAME_MISSING(
      "set tls.serverName to a name in the pool's certificate, or renew that with this name"),
  MEMBER_EXPIRED("renew the certificate of usage WebServicesExternal on the server"),
  MEMBER_NOT_FOR_SERVERS("issue the server a certificate from a template for web servers"),
  SIP_REFUSED(
      "start the Front End service (RTCSRV); if a firewall closes 5061 here, drop alsoTcp from health"),
  CLOCK_SKEW("set the clock: tickets and Kerberos fail beyond five minutes"),
  INTERNAL_SITE(
      "the port is that of the internal web site: bridging must be https 4443, http 8080"),
  WRONG_SITE("another site of IIS answers: the external web site is the one on 4443 and 8080"),
  HOST_LOST(
      "something between node and pool replaces the Host header: switch that off (\"Forward host header\")"),
  DISCOVERY_REDIRECTED(
      "remove the redirect to https from lyncdiscover on port 80: mobile clients do not follow it"),
  UNPUBLISHED_LINK(
      "publish that name, or correct the external web services FQDN in Topology Builder"),
  NO_CHALLENGE(
      "Windows authentication is off (Set-CsWebServiceConfiguration), or a connection is shared: see V17"),
  NTLM_BROKEN(
      "something takes NTLM apart: a balancer that does not keep the connection, or Extended Protection"),
  SIGN_IN_REFUSED(
      "is the password right, and the account neither locked nor disabled? it is not tried again"),
  CONNECTION_SHARED(
      "people would be taken for one another: nothing between node and pool may share connections"),
  TICKET_URL_MISSING(
      "repair the web ticket service: without X-MS-WebTicketURL mobile clients cannot sign in"),
  CHALLENGES_MERGED(
      "something merges repeated headers: UCWA clients read WWW-Authenticate line by line"),
  UCWA_REFUSING("recycle the UCWA application pool (LyncUcwa) on the server"),
  WEB_TICKETS_REFUSING(
      "start the web ticket service's application pool in IIS: nobody gets a ticket without it"),
  MCX_MISSING(
      "install the mobility service on the server (Mcx), or write the pool's true version: sfb2019 has none"),
  MCX_REFUSING(
      "look at its pending requests (5,000 a server), then recycle CSExtMcxAppPool on the server"),
  POOL_BUSY("the pool refuses everybody: look at its services and its pending requests"),
  OFFICE_LINKS_INTERNAL("set the external URL: Set-OfficeWebAppsFarm -ExternalUrl"),
  IDLE_CUT(
      "something between closes held requests: its idle time-out must be above 1800 s, never below 960 s"),
  INTERNAL_DIRECTORY_EXPOSED(
      "deny it: /cscp, /ocspowershell and /admin are for the internal network"),
  INTERNAL_NAME_EXPOSED("take this name out of the rule that publishes it: it is for the inside"),
  NOT_PUBLISHED("no rule of this node answers: has it applied the revision? see farmctl status"),
  GATEWAY("the node could not reach a member: see farmctl status and the members above"),
  UNEXPECTED("compare with the virtual directory on the server itself");

  private final String nextStep;

  Diagnosis(String nextStep) {
    this.nextStep = nextStep;
  }

  /// As it is written everywhere: `member-untrusted`.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String nextStep() {
    return nextStep;
  }

  /// What is seen because of this, at the same pool.
  Set<Diagnosis> explains() {
    return switch (this) {
      case ENTRANCE_REFUSED, ENTRANCE_SILENT, PUBLIC_NOT_TLS, PUBLIC_TLS_VERSION ->
          EnumSet.noneOf(Diagnosis.class);
      case OWN_ADDRESS, MEMBER_UNRESOLVED, MEMBER_REFUSED, MEMBER_SILENT, PORTS_SWAPPED ->
          EnumSet.of(MEMBER_NOT_TLS, MEMBER_REFUSED, GATEWAY, WRONG_SITE, IDLE_CUT, UNEXPECTED);
      case MEMBER_NOT_TLS,
          MEMBER_TLS_VERSION,
          MEMBER_CHAIN_INCOMPLETE,
          MEMBER_UNTRUSTED,
          MEMBER_NAME_MISSING,
          MEMBER_EXPIRED,
          MEMBER_NOT_FOR_SERVERS,
          SIP_REFUSED,
          GATEWAY ->
          EnumSet.of(GATEWAY, IDLE_CUT, UNEXPECTED);
      case INTERNAL_SITE -> EnumSet.of(UNPUBLISHED_LINK, GATEWAY);
      case WRONG_SITE ->
          EnumSet.of(HOST_LOST, GATEWAY, IDLE_CUT, UNEXPECTED, NO_CHALLENGE, MCX_MISSING);
      case POOL_BUSY ->
          EnumSet.of(
              GATEWAY, IDLE_CUT, UNEXPECTED, UCWA_REFUSING, WEB_TICKETS_REFUSING, MCX_REFUSING);
      case UCWA_REFUSING -> EnumSet.of(GATEWAY);
      case HOST_LOST -> EnumSet.of(UNEXPECTED);
      case NO_CHALLENGE -> EnumSet.of(NTLM_BROKEN);
      case CONNECTION_SHARED -> EnumSet.of(NO_CHALLENGE);
      default -> EnumSet.noneOf(Diagnosis.class);
    };
  }
}
