package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.JoinToken;
import io.portcullis.farm.identity.Names;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.Declined.Fault;
import io.portcullis.farm.model.Network;
import io.portcullis.farm.store.FarmArchive;
import io.portcullis.farm.store.FarmCopy;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Nodes;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.Tokens;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Where a coordinator makes tokens and takes them in exchange for an identity.
public final class JoinDesk {
  /// A token is carried from one terminal to another; a week covers an appliance that is shipped.
  static final Duration LONGEST = Duration.ofDays(7);

  /// Names tried before a joiner is told that its name is taken: `edge`, `edge-2`, ... more would be a loop gone wild.
  private static final int MOST_NAMESAKES = 1000;

  private static final String ANOTHER_TOKEN = "make another with \"farmctl token create\"";

  private final FarmAuthority authority;
  private final FarmStore store;
  private final KeyDesk farmKey;
  private final AuthorityDesk authorities;
  private final String adminAddress;
  private final Growth growth;
  private final InstantSource clock;

  /// @param adminAddress `host:port` that joiners can reach
  public JoinDesk(
      FarmAuthority authority,
      FarmStore store,
      KeyDesk farmKey,
      AuthorityDesk authorities,
      String adminAddress,
      Growth growth,
      InstantSource clock) {
    this.authority = authority;
    this.store = store;
    this.farmKey = farmKey;
    this.authorities = authorities;
    this.adminAddress = adminAddress;
    this.growth = growth;
    this.clock = clock;
  }

  public KeyDesk farmKey() {
    return farmKey;
  }

  public AuthorityDesk authorities() {
    return authorities;
  }

  /// The farm's secrets that its store does not hold, for a backup.
  public FarmArchive.Keys keys() throws GeneralSecurityException {
    FarmAuthority.Pair current = authority.current();
    FarmCopy.NextAuthority next =
        authority
            .next()
            .map(pair ->
                new FarmCopy.NextAuthority(
                    pair.certificatePem(), pair.keyPem(), authority.nextIssues()))
            .orElse(null);
    return new FarmArchive.Keys(
        authority.farm(), current.certificatePem(), current.keyPem(), next, farmKey.sealing());
  }

  public Wire.TokenResponse createToken(Wire.TokenRequest request, String author)
      throws Declined, StoreException, GeneralSecurityException {
    Role role = joinable(request.role());
    if (request.validSeconds() < 1 || request.validSeconds() > LONGEST.toSeconds()) {
      throw new Declined(
          Fault.REQUEST,
          "a token cannot be valid for %d seconds".formatted(request.validSeconds()),
          "choose 1 second to %d days".formatted(LONGEST.toDays()));
    }
    Network from = network(request.address());
    if (role == Role.COORDINATOR) {
      authorities.requireSettled();
      growth.open();
    }
    Instant now = clock.instant();
    Instant expires = now.plusSeconds(request.validSeconds());
    String secret = JoinToken.newSecret();
    store.tokens().create(secret, new Tokens.Grant(role.word(), expires, from), author, now);
    String where = from == null ? "" : " from " + from;
    store
        .audit()
        .append(now, author, "token for role %s until %s%s".formatted(role.word(), expires, where));
    String line = new JoinToken(adminAddress, authority.fingerprint(), role, secret).encode();
    return new Wire.TokenResponse(line, expires);
  }

  private static @Nullable Network network(@Nullable String text) throws Declined {
    return text == null
        ? null
        : Network.parse(text)
            .orElseThrow(() ->
                new Declined(
                    Fault.REQUEST,
                    "\"%s\" is neither an address nor a network".formatted(text),
                    "write it as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"));
  }

  private static Role joinable(String word) throws Declined {
    return Role.of(word)
        .orElseThrow(() ->
            new Declined(
                Fault.REQUEST,
                "there is no token for the role \"%s\"".formatted(word),
                "choose node, viewer, operator, administrator or coordinator"));
  }

  /// Gives an identity for a token. A request that is wrong otherwise does not cost it; one whose answer was lost may be sent again, with the
  /// same key.
  ///
  /// @param from where the connection comes from
  public Wire.JoinResponse join(Wire.JoinRequest request, InetAddress from)
      throws Declined, StoreException, GeneralSecurityException {
    Instant now = clock.instant();
    String wish = Names.nearest(request.name(), "node");
    try {
      Applicant who =
          new Applicant(request.secret(), FarmAuthority.keyOf(request.csr()), wish, from, now);
      Tokens.Use use = store.tokens().look(who.secret, who.key, from, now);
      Role role = granted(use, who);
      String id =
          use instanceof Tokens.Use.Again again ? returning(again, role, who) : admit(role, who);
      String leaf = authority.issue(request.csr(), role, id, List.of());
      if (use instanceof Tokens.Use.Again again) {
        // Who was removed meanwhile would have a certificate that is younger than its removal.
        String _ = returning(again, role, who);
      }
      String again = use instanceof Tokens.Use.Again ? " once more, by the same key" : "";
      store.audit().append(now, id, "joined as " + role.word() + again);
      authorities.seen(role.word() + "/" + id, authority.certificate().getSubjectX500Principal());
      boolean keeper = !role.isPerson();
      return new Wire.JoinResponse(
          authority.farm(),
          id,
          leaf,
          authority.trustedPem(),
          keeper ? farmKey.sealing() : null,
          keeper ? growth.zookeeper() : null,
          role == Role.COORDINATOR ? authority.keyPem() : null,
          keeper ? growth.zookeeperCa() : null);
    } catch (FarmAuthority.InvalidRequest e) {
      throw new Declined(
          Fault.REQUEST,
          "no identity for this request: " + e.getMessage(),
          "join with the farmctl of this release");
    }
  }

  /// Gives a younger certificate: to a node at any time, to a person while the farm goes over to another CA, to a coordinator never, for it
  /// makes its own. Who was removed gets none, also if somebody else has the name by now.
  ///
  /// @param issued when the certificate that is shown was signed
  /// @param issuer and by which CA
  public Wire.RenewResponse renew(
      Role role, String id, Instant issued, X500Principal issuer, Wire.RenewRequest request)
      throws Declined, StoreException, GeneralSecurityException {
    Instant now = clock.instant();
    boolean member =
        store.nodes().members().stream()
            .anyMatch(known -> known.id().equals(id) && known.role().equals(role.word()));
    if (!member || isRevoked(id, role.word(), issued)) {
      throw removed(role, id, "a renewed certificate", now);
    }
    boolean due =
        switch (role) {
          case NODE -> true;
          case COORDINATOR -> false;
          default -> !authority.certificate().getSubjectX500Principal().equals(issuer);
        };
    if (!due) {
      throw new Declined(
          Fault.REQUEST, "there is nothing to renew for " + id, "go on with the identity it has");
    }
    try {
      String leaf = authority.issue(request.csr(), role, id, List.of());
      store.audit().append(now, id, "renewed its certificate");
      return new Wire.RenewResponse(leaf, authority.certificatePem());
    } catch (FarmAuthority.InvalidRequest e) {
      throw new Declined(
          Fault.REQUEST,
          "no identity for this request: " + e.getMessage(),
          "use the release that the coordinators have");
    }
  }

  /// Who asks for an identity.
  ///
  /// @param key hex
  private record Applicant(String secret, String key, String wish, InetAddress from, Instant now) {}

  private Role granted(Tokens.Use use, Applicant who) throws Declined, StoreException {
    audit(use, who.wish, who.from, who.now);
    return switch (use) {
      case Tokens.Use.Granted granted -> joinable(granted.role());
      case Tokens.Use.Again again -> joinable(again.role());
      case Tokens.Use.Unknown _ ->
          throw new Declined(
              Fault.TOKEN,
              "farm %s knows no such token: it was made by another farm, or expired long ago"
                  .formatted(authority.farm()),
              ANOTHER_TOKEN);
      case Tokens.Use.Expired expired ->
          throw new Declined(Fault.TOKEN, "this token expired at " + expired.at(), ANOTHER_TOKEN);
      case Tokens.Use.Used used ->
          throw new Declined(
              Fault.TOKEN,
              "this token was used at %s by %s".formatted(used.at(), used.by()),
              ANOTHER_TOKEN);
      case Tokens.Use.NameTaken _ -> throw new IllegalStateException("a name is not judged here");
      case Tokens.Use.Elsewhere _ ->
          throw new Declined(
              Fault.TOKEN,
              "this token may not be used from %s".formatted(who.from.getHostAddress()),
              "use it on the machine it was made for, or make another with the --address that"
                  + " coordinators see");
    };
  }

  /// Who shows a token that was good once knows its secret, and may have stolen it. Tokens that nobody made are not written down: anybody
  /// may send them, and would push everything else out of the trail.
  private void audit(Tokens.Use use, String wish, InetAddress from, Instant now)
      throws StoreException {
    switch (use) {
      case Tokens.Use.Expired expired ->
          store.audit().append(now, wish, "refused: its token expired at " + expired.at());
      case Tokens.Use.Used used ->
          store
              .audit()
              .append(
                  now,
                  wish,
                  "refused: its token was used at %s by %s".formatted(used.at(), used.by()));
      case Tokens.Use.Elsewhere elsewhere ->
          store
              .audit()
              .append(
                  now,
                  wish,
                  "refused at %s: its token is for %s"
                      .formatted(from.getHostAddress(), elsewhere.allowed()));
      case Tokens.Use.Granted _,
          Tokens.Use.Again _,
          Tokens.Use.NameTaken _,
          Tokens.Use.Unknown _ -> {}
    }
  }

  /// Who used its token before, and was cut off: the very member that it became. Who was removed since then stays removed, and whoever has
  /// shown its identity already has kept it: another machine with the same key is a copy.
  private String returning(Tokens.Use.Again again, Role role, Applicant who)
      throws Declined, StoreException {
    String id = again.by();
    boolean entered =
        store
            .nodes()
            .member(id)
            .filter(one -> one.role().equals(role.word()))
            .filter(one -> one.issued().equals(again.at().toString()))
            .isPresent();
    if (!entered || isRevoked(id, role.word(), again.at())) {
      throw removed(role, id, "another certificate", who.now);
    }
    if (isSeen(id, role)) {
      Role _ = granted(new Tokens.Use.Used(again.at(), id), who);
    }
    return id;
  }

  private String admit(Role role, Applicant who) throws StoreException, Declined {
    for (int namesake = 1; namesake <= MOST_NAMESAKES; namesake++) {
      String id =
          namesake == 1 ? who.wish : Names.nearest(shortened(who.wish) + "-" + namesake, who.wish);
      Nodes.Member member = new Nodes.Member(id, role.word(), who.now.toString());
      // In the second of its removal, a new certificate could not be told from the old one.
      if (isRevoked(id, role.word(), who.now.truncatedTo(ChronoUnit.SECONDS))) {
        continue;
      }
      Tokens.Use use = store.tokens().use(who.secret, who.key, member, who.from, who.now);
      if (use instanceof Tokens.Use.Again again) {
        // The same machine was faster on another way.
        return returning(again, role, who);
      }
      if (!(use instanceof Tokens.Use.NameTaken)) {
        Role _ = granted(use, who);
        return id;
      }
    }
    throw new Declined(
        Fault.REQUEST,
        "the name %s and %d like it are taken".formatted(who.wish, MOST_NAMESAKES),
        "join with another --name, or remove old nodes with \"farmctl node remove\"");
  }

  /// Whether the farm has met it under its identity.
  private boolean isSeen(String id, Role role) throws StoreException {
    return store.nodes().report(id).isPresent()
        || (role == Role.COORDINATOR && store.coordinators().read().of(id).isPresent());
  }

  private boolean isRevoked(String id, String role, Instant issued) throws StoreException {
    return store.revocations().read().covers(role + "/" + id, issued);
  }

  private Declined removed(Role role, String id, String wanted, Instant now) throws StoreException {
    store.audit().append(now, id, "refused " + wanted + ": it was removed");
    return new Declined(
        Fault.TOKEN, "%s %s was removed from the farm".formatted(role.word(), id), ANOTHER_TOKEN);
  }

  private static String shortened(String wish) {
    int room = 63 - "-1000".length();
    return wish.length() > room ? wish.substring(0, room) : wish;
  }
}
