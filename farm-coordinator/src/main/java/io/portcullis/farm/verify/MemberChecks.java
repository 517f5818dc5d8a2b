package io.portcullis.farm.verify;

import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.StaticHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a node sees of each member: address, TLS, the right web site, the Front End service, the clock.
final class MemberChecks {
  /// Kerberos refuses beyond five minutes, and web tickets with it.
  private static final Duration MAX_SKEW = Duration.ofMinutes(5);

  private static final String UCWA = "/ucwa/oauth/v1/applications";

  private static final Duration EXPIRES_SOON = Duration.ofDays(30);

  private final Plan plan;
  private final Consumer<Finding> out;

  MemberChecks(Plan plan, Consumer<Finding> out) {
    this.plan = plan;
    this.out = out;
  }

  void run() throws GeneralSecurityException {
    for (WebPool web : plan.lync().webPools()) {
      Pool pool = pool(web.name());
      for (Pool.Member member : pool == null ? List.<Pool.Member>of() : pool.members()) {
        if (pool != null) {
          new One(web, pool, member).run();
        }
      }
    }
  }

  private @Nullable Pool pool(String name) {
    return plan.expanded().pools().stream()
        .filter(pool -> pool.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private final class One {
    private final WebPool web;
    private final Pool pool;
    private final Pool.Member member;
    private final Pool.Bridging ports;

    One(WebPool web, Pool pool, Pool.Member member) {
      this.web = web;
      this.pool = pool;
      this.member = member;
      Pool.Bridging own = member.bridging();
      this.ports = own == null ? pool.bridging() : own;
    }

    void run() throws GeneralSecurityException {
      InetAddress address = address();
      if (address == null || isOurselves(address)) {
        return;
      }
      service(address);
      try (Line line = Line.open(to(address), plan.clock().instant())) {
        site(line);
        ntlm(address);
      } catch (Trouble e) {
        out.accept(failed("V3", tlsSubject(), cause(address, e)));
      } catch (IOException e) {
        out.accept(
            failed(
                "V13",
                web.externalFqdn(),
                new Trouble(Diagnosis.MEMBER_SILENT, String.valueOf(e.getMessage()))));
      }
    }

    private Line.To to(InetAddress address) throws GeneralSecurityException {
      Pool.PoolTls tls = pool.tls();
      String given = tls == null ? null : tls.serverName();
      String name = given == null ? member.host() : given;
      return new Line.To(
          address,
          ports.https(),
          name,
          name,
          Trust.of(plan.memberTrust().get(pool.name())),
          tls == null ? "TLSv1.2" : tls.minVersion().word(),
          true,
          plan.patience());
    }

    private String tlsSubject() {
      return "TLS on port " + ports.https();
    }

    private @Nullable InetAddress address() {
      String literal =
          member.address() != null
              ? member.address()
              : plan.expanded().hosts().stream()
                  .filter(host -> host.name().equalsIgnoreCase(member.host()))
                  .map(StaticHost::address)
                  .findFirst()
                  .orElse(null);
      try {
        List<InetAddress> all =
            literal == null
                ? plan.names().resolve(member.host())
                : List.of(InetAddress.ofLiteral(literal));
        if (!all.isEmpty()) {
          return all.getFirst();
        }
      } catch (IllegalArgumentException | IOException e) {
        // Said below, as for a name that does not resolve.
      }
      out.accept(
          failed(
              "V1",
              member.host(),
              new Trouble(Diagnosis.MEMBER_UNRESOLVED, "its name leads to no address")));
      return null;
    }

    private boolean isOurselves(InetAddress address) {
      for (Plan.Entrance entrance : plan.entrances()) {
        boolean port = entrance.https() == ports.https() || entrance.http() == ports.http();
        if (port && same(entrance.address(), address)) {
          out.accept(
              failed(
                  "V1",
                  member.host(),
                  new Trouble(
                      Diagnosis.OWN_ADDRESS,
                      "%s port %d is node %s itself"
                          .formatted(address.getHostAddress(), ports.https(), entrance.name()))));
          return true;
        }
      }
      out.accept(ok("V1", member.host(), address.getHostAddress()));
      return false;
    }

    private boolean same(String entrance, InetAddress address) {
      try {
        return InetAddress.getByName(entrance).equals(address);
      } catch (UnknownHostException e) {
        return false;
      }
    }

    /// A Front End service that is stopped behind a live IIS still answers requests, badly.
    private void service(InetAddress address) {
      Pool.HealthCheck health = pool.health();
      if (health == null || health.alsoTcp() == 0) {
        return;
      }
      Line.To to = Line.To.clear(address, health.alsoTcp(), true, plan.patience());
      try {
        Line.open(to, plan.clock().instant()).close();
        out.accept(ok("V3", "port " + health.alsoTcp(), "accepts"));
      } catch (Trouble e) {
        out.accept(
            failed(
                "V3", "port " + health.alsoTcp(), new Trouble(Diagnosis.SIP_REFUSED, e.detail())));
      }
    }

    /// A port that does not speak TLS, or waits for words in clear, beside a clear port that does: somebody exchanged the two.
    private Trouble cause(InetAddress address, Trouble seen) throws GeneralSecurityException {
      boolean noTls =
          seen.diagnosis() == Diagnosis.MEMBER_NOT_TLS
              || seen.diagnosis() == Diagnosis.MEMBER_SILENT;
      if (!noTls || ports.http() == 0) {
        return seen;
      }
      Line.To tls = to(address);
      Line.To other =
          new Line.To(
              address,
              ports.http(),
              tls.serverName(),
              tls.name(),
              tls.trust(),
              tls.minVersion(),
              true,
              plan.patience());
      try {
        Line.open(other, plan.clock().instant()).close();
        return new Trouble(
            Diagnosis.PORTS_SWAPPED,
            "port %d speaks in clear and port %d TLS".formatted(ports.https(), ports.http()));
      } catch (Trouble e) {
        return seen;
      }
    }

    private void site(Line line) throws IOException {
      X509Certificate leaf = line.leaf();
      if (leaf != null) {
        Duration left = Duration.between(plan.clock().instant(), leaf.getNotAfter().toInstant());
        String detail = "%s, %d days left".formatted(line.protocol(), left.toDays());
        out.accept(
            left.compareTo(EXPIRES_SOON) < 0
                ? Finding.warning("V3", member.host(), tlsSubject(), pool.name(), detail)
                : ok("V3", tlsSubject(), detail));
      }
      boolean office = web.equals(plan.lync().officeWebApps());
      String path = office ? LyncTopology.OFFICE_DISCOVERY : LyncTopology.DISCOVERY_ROOT;
      Reply reply = line.ask("GET", path, web.externalFqdn());
      String check = office ? "V15" : "V13";
      Diagnosis wrong = Contents.wrongRoot(reply, office);
      out.accept(
          wrong == null
              ? ok(check, path, Contents.summary(reply))
              : failed(check, path, new Trouble(wrong, Contents.summary(reply))));
      clock(reply);
      if (plan.lync().pools().contains(web)) {
        ucwa(line);
      }
    }

    /// After a recycling, UCWA may refuse everybody behind an IIS that lives.
    private void ucwa(Line line) throws IOException {
      Reply reply = line.ask("GET", UCWA, web.externalFqdn());
      out.accept(
          reply.status() == 503
              ? failed("V12", UCWA, new Trouble(Diagnosis.UCWA_REFUSING, Contents.summary(reply)))
              : ok("V12", UCWA, Contents.summary(reply)));
    }

    /// Only with somebody to sign in: what a challenge shows, it shows through the nodes.
    private void ntlm(InetAddress address) throws Trouble, GeneralSecurityException {
      SignIn who = plan.signIn();
      if (who == null || !plan.lync().pools().contains(web)) {
        return;
      }
      Instant now = plan.clock().instant();
      try (Line one = Line.open(to(address), now);
          Line two = Line.open(to(address), now)) {
        NtlmCheck seen = NtlmCheck.look(one, two, web.externalFqdn(), who, now);
        Diagnosis what = seen.diagnosis();
        out.accept(
            what == null
                ? ok("V17", "NTLM", seen.detail())
                : failed("V17", "NTLM", new Trouble(what, seen.detail())));
      } catch (IOException e) {
        out.accept(
            failed(
                "V17", "NTLM", new Trouble(Diagnosis.NTLM_BROKEN, String.valueOf(e.getMessage()))));
      }
    }

    private void clock(Reply reply) {
      String date = reply.first("Date");
      if (date == null) {
        return;
      }
      try {
        Duration skew =
            Duration.between(
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant(),
                    plan.clock().instant())
                .abs();
        out.accept(
            skew.compareTo(MAX_SKEW) > 0
                ? failed(
                    "V3",
                    "clock",
                    new Trouble(
                        Diagnosis.CLOCK_SKEW,
                        "%d minutes apart from here".formatted(skew.toMinutes())))
                : ok("V3", "clock", "within " + Math.max(1, skew.toSeconds()) + " s"));
      } catch (DateTimeException e) {
        out.accept(Finding.warning("V3", member.host(), "clock", pool.name(), "Date: " + date));
      }
    }

    private Finding ok(String check, String subject, String detail) {
      return Finding.ok(check, member.host(), subject, pool.name(), detail);
    }

    private Finding failed(String check, String subject, Trouble trouble) {
      return Finding.failed(
          check, member.host(), subject, pool.name(), trouble.diagnosis(), trouble.detail());
    }
  }
}
