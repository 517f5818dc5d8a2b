package io.portcullis.farm.verify;

import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.Version;
import io.portcullis.farm.model.LyncTopology.WebPool;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The external web services of one pool or Director, by its external web services name.
final class WebServiceChecks {
  private static final String ROOT = LyncTopology.DISCOVERY_ROOT;

  /// Directories of the internal site, as they are and in disguise.
  private static final List<String> INTERNAL =
      List.of("/cscp/", "/OcsPowerShell", "/%63scp/", "/meet/../cscp/", "/admin");

  private final Plan plan;
  private final LyncTopology lync;
  private final Asking asking;
  private final WebPool pool;
  private final String host;
  private final boolean director;

  WebServiceChecks(Plan plan, Asking asking, WebPool pool, boolean director) {
    this.plan = plan;
    this.lync = plan.lync();
    this.asking = asking;
    this.pool = pool;
    this.host = pool.externalFqdn().toLowerCase(Locale.ROOT);
    this.director = director;
  }

  void run() {
    check("V13", ROOT, reply -> Contents.wrongRoot(reply, false));
    asking.page("V7", host + "/meet", pool.name());
    asking.page("V8", host + "/dialin", pool.name());
    check("V11", ROOT + "/user", this::ticket);
    check("V12", ROOT + "/oauth/user", this::oauth);
    if (!director) {
      check("V4", "/abs", this::windows);
      check("V5", "/GroupExpansion/service.svc", this::windows);
      check("V6", "/WebTicket/WebTicketService.svc", this::webTickets);
      check("V12", "/ucwa/oauth/v1/applications", this::ucwa);
      check("V14", "/Mcx/McxService.svc", this::mcx);
      ntlm();
    }
    INTERNAL.forEach(this::hidden);
  }

  private interface Verdict extends java.util.function.Function<Reply, @Nullable Diagnosis> {}

  private void check(String number, String target, Verdict verdict) {
    asking.check(number, host, target, pool.name(), verdict);
  }

  private @Nullable Diagnosis windows(Reply reply) {
    if (reply.status() == 401) {
      return reply.offersWindows() ? null : Diagnosis.NO_CHALLENGE;
    }
    return reply.status() == 200 ? Diagnosis.NO_CHALLENGE : Asking.usual(reply);
  }

  private @Nullable Diagnosis windowsOrPage(Reply reply) {
    return reply.status() == 200 ? null : windows(reply);
  }

  private @Nullable Diagnosis webTickets(Reply reply) {
    return reply.status() == 503 ? Diagnosis.WEB_TICKETS_REFUSING : windowsOrPage(reply);
  }

  private @Nullable Diagnosis mcx(Reply reply) {
    Version version = pool.version() == null ? lync.version() : pool.version();
    return switch (reply.status()) {
      case 404 -> version.compareTo(Version.SFB_2019) >= 0 ? null : Diagnosis.MCX_MISSING;
      case 503 -> Diagnosis.MCX_REFUSING;
      default -> windowsOrPage(reply);
    };
  }

  private @Nullable Diagnosis ucwa(Reply reply) {
    if (reply.status() == 503) {
      return Diagnosis.UCWA_REFUSING;
    }
    Version version = pool.version() == null ? lync.version() : pool.version();
    boolean none = version == Version.LYNC_2010 && reply.status() == 404;
    return none || reply.status() == 401 ? null : Asking.usual(reply);
  }

  private @Nullable Diagnosis ticket(Reply reply) {
    String url = reply.first("X-MS-WebTicketURL");
    if (reply.status() != 401) {
      return Asking.usual(reply);
    }
    if (url == null) {
      return Diagnosis.TICKET_URL_MISSING;
    }
    return asking.publishes(Contents.hostOf(url)) ? null : Diagnosis.UNPUBLISHED_LINK;
  }

  private @Nullable Diagnosis oauth(Reply reply) {
    if (reply.status() != 401) {
      return Asking.usual(reply);
    }
    List<String> lines =
        reply.all("WWW-Authenticate").stream().map(line -> line.toLowerCase(Locale.ROOT)).toList();
    boolean both =
        lines.stream().anyMatch(line -> line.startsWith("msrtcoauth"))
            && lines.stream().anyMatch(line -> line.startsWith("bearer"));
    boolean merged =
        lines.stream().anyMatch(line -> line.contains("msrtcoauth") && line.contains("bearer"));
    if (both) {
      return null;
    }
    return merged ? Diagnosis.CHALLENGES_MERGED : Diagnosis.NO_CHALLENGE;
  }

  /// V16: whoever answers, it must not be the directory.
  private void hidden(String target) {
    String subject = "https://" + host + target;
    try (Line line = asking.line(host)) {
      Reply reply = line.askForStatus("GET", target, host);
      boolean refused = reply.fromNode() || reply.status() == 404 || reply.status() == 403;
      asking.tell(
          refused || reply.status() >= 500
              ? Finding.ok("V16", asking.place(), subject, pool.name(), "refused")
              : failed(
                  "V16", subject, Diagnosis.INTERNAL_DIRECTORY_EXPOSED, Contents.summary(reply)));
    } catch (IOException e) {
      asking.tell(Finding.ok("V16", asking.place(), subject, pool.name(), "refused"));
    } catch (Trouble e) {
      asking.tell(follows("V16", subject, e));
    }
  }

  private void ntlm() {
    String subject = "NTLM on " + host;
    try (Line one = asking.line(host);
        Line two = asking.line(host)) {
      NtlmCheck seen = NtlmCheck.look(one, two, host, plan.signIn(), plan.clock().instant());
      Diagnosis what = seen.diagnosis();
      asking.tell(
          what == null
              ? Finding.ok("V17", asking.place(), subject, pool.name(), seen.detail())
              : failed("V17", subject, what, seen.detail()));
    } catch (IOException e) {
      asking.tell(failed("V17", subject, Diagnosis.NTLM_BROKEN, String.valueOf(e.getMessage())));
    } catch (Trouble e) {
      asking.tell(follows("V17", subject, e));
    }
  }

  private Finding failed(String check, String subject, Diagnosis what, String detail) {
    return Finding.failed(check, asking.place(), subject, pool.name(), what, detail);
  }

  private Finding follows(String check, String subject, Trouble e) {
    return Finding.failed(check, asking.place(), subject, pool.name(), e.diagnosis(), e.detail())
        .following();
  }
}
