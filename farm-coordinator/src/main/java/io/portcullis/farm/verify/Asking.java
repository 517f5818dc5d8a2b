package io.portcullis.farm.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Questions to one entrance: each on a connection of its own, each giving one finding.
final class Asking {
  /// Just above the longest that a pool may hold a response (UCWA events, `timeout`).
  private static final Duration LONGEST_HELD = Duration.ofSeconds(1830);

  private final Plan plan;
  private final Plan.Entrance entrance;
  private final Set<String> published;
  private final Consumer<Finding> out;
  private final Trust trust;

  Asking(Plan plan, Plan.Entrance entrance, Set<String> published, Consumer<Finding> out)
      throws GeneralSecurityException {
    this.plan = plan;
    this.entrance = entrance;
    this.published = published;
    this.out = out;
    this.trust = Trust.of(plan.publicTrust());
  }

  boolean publishes(String host) {
    return published.contains(host);
  }

  boolean hasClearPort() {
    return entrance.http() != 0;
  }

  Duration heldPatience() {
    return LONGEST_HELD;
  }

  String place() {
    return entrance.name();
  }

  void tell(Finding finding) {
    out.accept(finding);
  }

  Line line(String host) throws Trouble {
    return line(host, host);
  }

  private Line line(String host, @Nullable String serverName) throws Trouble {
    return Line.open(
        new Line.To(
            address(),
            entrance.https(),
            serverName,
            host,
            trust,
            "TLSv1.2",
            false,
            plan.patience()),
        plan.clock().instant());
  }

  Line clearLine() throws Trouble {
    return Line.open(
        Line.To.clear(address(), entrance.http(), false, plan.patience()), plan.clock().instant());
  }

  private InetAddress address() throws Trouble {
    try {
      return InetAddress.getByName(entrance.address());
    } catch (UnknownHostException e) {
      throw new Trouble(Diagnosis.ENTRANCE_REFUSED, "no address for " + entrance.address());
    }
  }

  /// @param serverName null sends no SNI
  void certificate(String name, @Nullable String serverName) {
    String subject = serverName == null ? "TLS without SNI" : "TLS " + name;
    try (Line line = line(name, serverName)) {
      var leaf = line.leaf();
      Duration left =
          leaf == null
              ? Duration.ZERO
              : Duration.between(plan.clock().instant(), leaf.getNotAfter().toInstant());
      List<String> warnings =
          leaf == null ? List.of() : ServerCertificate.warnings(leaf, plan.clock().instant());
      String detail = "%s, %d days left".formatted(line.protocol(), left.toDays());
      out.accept(
          warnings.isEmpty()
              ? Finding.ok("V2", place(), subject, "", detail)
              : Finding.warning(
                  "V2",
                  place(),
                  subject,
                  "",
                  line.protocol() + ", " + String.join(", ", warnings)));
    } catch (Trouble e) {
      boolean other = serverName == null && e.diagnosis() == Diagnosis.PUBLIC_NAME_MISSING;
      out.accept(
          other
              ? Finding.warning("V2", place(), subject, "", e.detail())
              : Finding.failed("V2", place(), subject, "", e.diagnosis(), e.detail()));
    }
  }

  /// A page for people, at `host/path`.
  void page(String check, String url, String pool) {
    int slash = url.indexOf('/');
    String host = slash < 0 ? url : url.substring(0, slash);
    String path = slash < 0 ? "/" : url.substring(slash);
    check(
        check,
        host,
        path,
        pool,
        reply -> {
          String location = reply.first("Location");
          if (reply.status() == 200) {
            return reply.html() ? null : Diagnosis.UNEXPECTED;
          }
          if (reply.status() >= 300 && reply.status() < 400 && location != null) {
            boolean known = location.startsWith("/") || publishes(Contents.hostOf(location));
            return known ? null : Diagnosis.UNPUBLISHED_LINK;
          }
          return reply.status() == 404 && path.equals("/") ? Diagnosis.HOST_LOST : usual(reply);
        });
  }

  /// Asks over TLS; the verdict is null for an answer as it should be.
  void check(
      String check,
      String host,
      String target,
      String pool,
      Function<Reply, @Nullable Diagnosis> verdict,
      String... headers) {
    String subject = "https://" + host + target;
    try (Line line = line(host)) {
      judge(check, subject, pool, line.ask("GET", target, host, headers), verdict);
    } catch (IOException e) {
      out.accept(lost(check, subject, pool, e));
    } catch (Trouble e) {
      out.accept(follow(check, subject, pool, e));
    }
  }

  void checkClear(
      String check,
      String host,
      String target,
      String pool,
      Function<Reply, @Nullable Diagnosis> verdict) {
    String subject = "http://" + host + target;
    try (Line line = clearLine()) {
      judge(check, subject, pool, line.ask("GET", target, host), verdict);
    } catch (IOException e) {
      out.accept(lost(check, subject, pool, e));
    } catch (Trouble e) {
      out.accept(follow(check, subject, pool, e));
    }
  }

  private void judge(
      String check,
      String subject,
      String pool,
      Reply reply,
      Function<Reply, @Nullable Diagnosis> verdict) {
    Diagnosis own = reply.fromNode() ? byNode(reply) : null;
    Diagnosis wrong = own == null ? verdict.apply(reply) : own;
    out.accept(
        wrong == null
            ? Finding.ok(check, place(), subject, pool, Contents.summary(reply))
            : Finding.failed(check, place(), subject, pool, wrong, Contents.summary(reply)));
  }

  /// What a node says by itself; a redirect is for the verdict to judge.
  private static @Nullable Diagnosis byNode(Reply reply) {
    return switch (reply.status()) {
      case 404, 421 -> Diagnosis.NOT_PUBLISHED;
      case 502, 503, 504 -> Diagnosis.GATEWAY;
      default -> null;
    };
  }

  /// For an answer that a check has no word of its own for.
  static Diagnosis usual(Reply reply) {
    return switch (reply.status()) {
      case 404 -> Diagnosis.WRONG_SITE;
      case 503 -> Diagnosis.POOL_BUSY;
      case 502, 504 -> Diagnosis.GATEWAY;
      default -> Diagnosis.UNEXPECTED;
    };
  }

  private Finding lost(String check, String subject, String pool, IOException e) {
    return Finding.failed(
        check, place(), subject, pool, Diagnosis.GATEWAY, String.valueOf(e.getMessage()));
  }

  /// TLS trouble was told by V2 already.
  private Finding follow(String check, String subject, String pool, Trouble e) {
    return Finding.failed(check, place(), subject, pool, e.diagnosis(), e.detail()).following();
  }
}
