package io.portcullis.farm.store;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Every znode path of a farm.
///
/// ```
/// /portcullis/<farm>
///   config/revisions/<n>     config/current -> n
///   config/proposal          ephemeral: what the nodes are asked to vote on
///   config/unconfirmed       the revision that goes away unless confirmed
///   certificates/<name>/<v>
///   requests/<name>          keys that wait for their certificate
///   acme/accounts/<directory and address>  keys of accounts, sealed
///   acme/orders/<name>       how far the order of a certificate is, its key sealed
///   acme/challenges          ephemeral: what nodes answer while an authority looks
///   nodes/<id>               ephemeral: what the node reports
///   members/<id>             who was given an identity
///   tokens/<hash>            join tokens by the SHA-256 of their secret
///   audit/<number>           its own data is number and hash of the newest
///   revoked                  whose certificates are not taken any more
///   farm-key                 which farm key seals and which comes next, by name
///   farm-ca                  whose certificates the farm takes, and which CA comes next
///   farm-ca-key              the next CA's key, sealed; for coordinators only
///   tickets                  session-ticket keys, sealed
///   drains                   members and nodes that take nothing new
///   bindings/log/<epoch>/e-<seq>           batches of operations; nothing else, for every child takes a number
///   bindings/snapshot/<epoch>/<part>       the table where that epoch begins; `manifest` is written last
///   leader                                 who does the chores
///   term                                   the number of the leadership, and whose it is
///   coordinators                           the members of the ensemble, and where each is reached
/// ```
record FarmPaths(String root) {
  static final String ALL_FARMS = "/portcullis";

  static FarmPaths of(String farm) {
    return new FarmPaths(ALL_FARMS + "/" + segment(farm));
  }

  String config() {
    return root + "/config";
  }

  String current() {
    return config() + "/current";
  }

  String proposal() {
    return config() + "/proposal";
  }

  String unconfirmed() {
    return config() + "/unconfirmed";
  }

  String revisions() {
    return config() + "/revisions";
  }

  String revision(long number) {
    return revisions() + "/" + number;
  }

  String certificates() {
    return root + "/certificates";
  }

  String certificate(String name) {
    return certificates() + "/" + segment(name);
  }

  String certificate(String name, int version) {
    return certificate(name) + "/" + version;
  }

  String requests() {
    return root + "/requests";
  }

  String request(String name) {
    return requests() + "/" + segment(name);
  }

  String acmeAccounts() {
    return root + "/acme/accounts";
  }

  String acmeAccount(String name) {
    return acmeAccounts() + "/" + segment(name);
  }

  String acmeOrders() {
    return root + "/acme/orders";
  }

  String acmeOrder(String name) {
    return acmeOrders() + "/" + segment(name);
  }

  String challenges() {
    return root + "/acme/challenges";
  }

  String nodes() {
    return root + "/nodes";
  }

  String node(String id) {
    return nodes() + "/" + segment(id);
  }

  String members() {
    return root + "/members";
  }

  String member(String id) {
    return members() + "/" + segment(id);
  }

  String tokens() {
    return root + "/tokens";
  }

  String token(String hash) {
    return tokens() + "/" + segment(hash);
  }

  String drains() {
    return root + "/drains";
  }

  String keyPlan() {
    return root + "/farm-key";
  }

  String authorityPlan() {
    return root + "/farm-ca";
  }

  String authorityKey() {
    return root + "/farm-ca-key";
  }

  String tickets() {
    return root + "/tickets";
  }

  String bindings() {
    return root + "/bindings";
  }

  String bindingLog() {
    return bindings() + "/log";
  }

  String bindingEpoch(long epoch) {
    return bindingLog() + "/" + epoch;
  }

  /// What a sequential create is given.
  String bindingEntry(long epoch) {
    return bindingEpoch(epoch) + "/e-";
  }

  String bindingEntry(long epoch, int sequence) {
    return bindingEntry(epoch) + String.format("%010d", sequence);
  }

  String bindingSnapshots() {
    return bindings() + "/snapshot";
  }

  String bindingSnapshot(long epoch) {
    return bindingSnapshots() + "/" + epoch;
  }

  String bindingManifest(long epoch) {
    return bindingSnapshot(epoch) + "/manifest";
  }

  String bindingPart(long epoch, int part) {
    return bindingSnapshot(epoch) + "/" + part;
  }

  String leader() {
    return root + "/leader";
  }

  String term() {
    return root + "/term";
  }

  String coordinators() {
    return root + "/coordinators";
  }

  String audit() {
    return root + "/audit";
  }

  String revoked() {
    return root + "/revoked";
  }

  /// The name that a path segment stands for.
  static String name(String segment) {
    return URLDecoder.decode(segment, StandardCharsets.UTF_8);
  }

  /// A name as one path segment, whatever it contains: no `/`, never `.` or `..`.
  private static String segment(String name) {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8);
    if (encoded.isEmpty()) {
      throw new IllegalArgumentException("an empty name has no place in the store");
    }
    return encoded.chars().allMatch(c -> c == '.') ? encoded.replace(".", "%2E") : encoded;
  }
}
