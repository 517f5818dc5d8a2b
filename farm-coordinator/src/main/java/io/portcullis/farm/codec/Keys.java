package io.portcullis.farm.codec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The keys a section of the document knows.
///
/// @param example a valid section, for hints
record Keys(String example, List<String> known) {
  Keys {
    known = List.copyOf(known);
  }

  /// No key is half as long; a longer word is not a slip of the hand, and comparing it would cost.
  private static final int LONGEST_TYPO = 40;

  private static Keys of(String example, String... known) {
    return new Keys(example, Arrays.asList(known));
  }

  static final Keys FARM =
      of(
          "farm: name, listeners: [...], ...",
          "farm",
          "listeners",
          "certificates",
          "pools",
          "rules",
          "hosts",
          "virtualAddresses",
          "lync");
  static final Keys LISTENER =
      of(
          "{name: https, bind: \"0.0.0.0:443\", tls: {certificates: [...]}}",
          "name",
          "bind",
          "tls",
          "limits",
          "proxyProtocolFrom");
  static final Keys LISTENER_TLS =
      of("{certificates: [name], minVersion: TLSv1.2}", "certificates", "minVersion");
  static final Keys CERTIFICATE =
      of(
          "{name: contoso, chainFile: contoso.pem, keyFile: contoso.key}",
          "name",
          "chainFile",
          "keyFile",
          "version",
          "acme");
  static final Keys ACME =
      of(
          "{directory: https://acme-v02.api.letsencrypt.org/directory, names: [...], agreeToTerms: true}",
          "directory",
          "names",
          "email",
          "key",
          "challenge",
          "trustFile",
          "trust",
          "agreeToTerms");
  static final Keys POOL =
      of(
          "{name: pool01, members: [...]}",
          "name",
          "members",
          "bridging",
          "tls",
          "persistence",
          "upstreamConnections",
          "balance",
          "maxConnections",
          "health",
          "timeouts");
  static final Keys MEMBER =
      of(
          "fe1.contoso.local or {host: fe1.contoso.local, weight: 2}",
          "host",
          "address",
          "weight",
          "bridging");
  static final Keys POOL_BRIDGING =
      of("{https: 4443, http: 8080, proxyProtocol: v2}", "https", "http", "proxyProtocol");
  static final Keys BRIDGING = of("{https: 4443, http: 8080}", "https", "http");
  static final Keys POOL_TLS =
      of("{trustFile: pool-ca.pem}", "serverName", "trustFile", "trust", "minVersion");
  static final Keys PERSISTENCE = of("{source: {idle: 30m}}", "group", "source");
  static final Keys SOURCE =
      of("{ipv4Prefix: 32, ipv6Prefix: 64, idle: 30m}", "ipv4Prefix", "ipv6Prefix", "idle");
  static final Keys HEALTH =
      of(
          "{get: /, expect: 200, interval: 5s}",
          "get",
          "expect",
          "alsoTcp",
          "also",
          "interval",
          "timeout",
          "rise",
          "fall",
          "slowStart");
  static final Keys PROBE =
      of(
          "{tcp: 5061}, {tls: 5061} or {get: /, port: 8080, expect: 200}",
          "tcp",
          "tls",
          "get",
          "port",
          "overTls",
          "expect");
  static final Keys TIMEOUTS =
      of("{responseHeader: 60s, idle: 30m}", "responseHeader", "idle", "connect");
  static final Keys RULE =
      of(
          "{name: web, listener: https, publicNames: [...], pool: pool01}",
          "name",
          "listener",
          "publicNames",
          "paths",
          "deny",
          "pool",
          "redirect",
          "respond",
          "dropAuthorization",
          "http2",
          "forwardedHeaders",
          "forwardedFrom",
          "upgrade",
          "allowSources",
          "denySources",
          "limits");
  static final Keys UPGRADE = of("{protocols: [websocket], idle: 30m}", "protocols", "idle");
  static final Keys RULE_LIMITS =
      of("{requestsPerSource: 50, requests: 2000}", "requestsPerSource", "requests");
  static final Keys LISTENER_LIMITS =
      of(
          "{connectionsPerSource: 200, handshakesPerSource: 20, requestsPerSource: 200}",
          "connectionsPerSource",
          "handshakesPerSource",
          "requestsPerSource");
  static final Keys VIRTUAL =
      of(
          "{name: outside, addresses: [192.0.2.100/24], nodes: [...]}",
          "name",
          "addresses",
          "nodes");
  static final Keys VIRTUAL_NODE = of("{name: edge-1, address: 192.0.2.11}", "name", "address");
  static final Keys LYNC =
      of(
          "{version: 2013, sipDomains: [...], pools: [...]}",
          "version",
          "sipDomains",
          "director",
          "pools",
          "simpleUrls",
          "officeWebApps",
          "httpAutodiscover",
          "listenerHttps",
          "listenerHttp",
          "tls",
          "health");
  static final Keys WEB_POOL =
      of(
          "{name: pool01, externalFqdn: webext01.contoso.com, members: [...]}",
          "name",
          "externalFqdn",
          "version",
          "meet",
          "members",
          "bridging",
          "tls",
          "health");
  static final Keys SIMPLE_URLS =
      of("{meet: [meet.contoso.com], dialin: dialin.contoso.com}", "meet", "dialin");

  /// `tls` of the whole topology: what its pools have in common, which the name in their certificates is not.
  static final Keys LYNC_TLS = of("{trustFile: pool-ca.pem}", "trustFile", "trust", "minVersion");

  boolean has(String word) {
    return known.contains(word);
  }

  String hintFor(String word) {
    String near = nearest(word);
    return near.isEmpty()
        ? "known here: " + String.join(", ", known)
        : "did you mean \"" + near + "\"?";
  }

  /// The known key that was probably meant; empty if none is near.
  String nearest(String word) {
    if (word.length() > LONGEST_TYPO) {
      return "";
    }
    String lower = word.toLowerCase(Locale.ROOT);
    String best = "";
    int least = Integer.MAX_VALUE;
    for (String key : known) {
      int distance = distance(lower, key.toLowerCase(Locale.ROOT));
      if (distance < least) {
        least = distance;
        best = key;
      }
    }
    return least <= Math.max(1, Math.min(word.length(), best.length()) / 2) ? best : "";
  }

  /// Edit distance in which two neighbours swapped count once (optimal string alignment).
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substitute = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(substitute, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
