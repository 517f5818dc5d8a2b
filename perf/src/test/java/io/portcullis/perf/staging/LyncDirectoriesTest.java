package io.portcullis.perf.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a Front End, a Director and Office Web Apps answer, asked with real curl.
final class LyncDirectoriesTest {
  private static final String ROOT = "/Autodiscover/AutodiscoverService.svc/root";
  private static final String ALICE = "CONTOSO\\alice:Passw0rd!";

  @TempDir private Path directory = Path.of("");

  private StagingPool pool;
  private StagingMember fe;
  private StagingMember dir;
  private StagingMember office;

  @BeforeEach
  void start() throws Exception {
    pool =
        StagingPool.start(
            new StagingPool.Settings(
                directory,
                InetAddress.getLoopbackAddress(),
                "pool01.contoso.local",
                List.of("webext01.contoso.com"),
                List.of(
                    StagingPool.MemberPorts.parse("fe1.contoso.local=0:0:0:0:0"),
                    StagingPool.MemberPorts.parse("director:dir1.contoso.local=0:0"),
                    StagingPool.MemberPorts.parse("office:owas1.contoso.local=0:0")),
                Behaviour.DEFAULT
                    .withHomes(Map.of("bob", "webext02.contoso.com"))
                    .withPolls(3, Duration.ofMillis(300))));
    fe = pool.members().get(0);
    dir = pool.members().get(1);
    office = pool.members().get(2);
  }

  @AfterEach
  void stop() throws IOException {
    pool.close();
  }

  private static String ask(StagingMember member, String path, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-i"));
    arguments.addAll(List.of(more));
    arguments.add("http://" + Lab.at(member.http()) + path);
    return Lab.curl(arguments.toArray(String[]::new)).stdout();
  }

  private String askTls(StagingMember member, String path, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-i",
                "--cacert",
                pool.trustFile().toString(),
                "--connect-to",
                "::" + Lab.at(member.https())));
    arguments.addAll(List.of(more));
    arguments.add("https://pool01.contoso.local" + path);
    return Lab.curl(arguments.toArray(String[]::new)).stdout();
  }

  @Test
  void realCurlSignsInWithNtlmAndTheWrongPasswordDoesNot() throws Exception {
    String path = "/abs/handler/F-0d5c.lsabs";

    assertThat(ask(fe, path, "--ntlm", "-u", ALICE, "-r", "0-9"))
        .containsSubsequence("401 Unauthorized", "WWW-Authenticate: NTLM TlRM", "206 Partial")
        .contains("X-Staging-User: alice", "Content-Range: bytes 0-9/5242880");
    assertThat(ask(fe, path, "--ntlm", "-u", "CONTOSO\\alice:wrong"))
        .doesNotContain("200 OK")
        .endsWith("You do not have permission to view this directory.\n");
    assertThat(ask(fe, path)).contains("WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM");
  }

  @Test
  void ntlmBelongsToTheConnectionAndToNoOther() throws Exception {
    String url = "http://" + Lab.at(fe.http()) + "/GroupExpansion/service.svc";
    String kept =
        Lab.curl("-v", "--ntlm", "-u", ALICE, "-w", "|%{http_code} %{num_connects}|", url, url)
            .stdout();

    assertThat(kept).containsSubsequence("|200 1|", "|200 0|");
    assertThat(Lab.curl("-w", "%{http_code}", url).stdout()).endsWith("401");
  }

  @Test
  void aProofForAnotherConnectionsChallengeIsRefused() throws Exception {
    String head = "GET /abs HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM ";
    String type1 = "TlRMTVNTUAABAAAABoIIAAAAAAAAAAAAAAAAAAAAAAA=";
    try (Socket one = new Socket(fe.http().getAddress(), fe.http().getPort());
        Socket two = new Socket(fe.http().getAddress(), fe.http().getPort())) {
      one.getOutputStream().write((head + type1 + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[4096];
      int count = one.getInputStream().read(answer);
      assertThat(new String(answer, 0, count, StandardCharsets.ISO_8859_1))
          .contains("WWW-Authenticate: NTLM TlRMTVNTUAAC");
      String type3 = type1.replace("TlRMTVNTUAABAAAA", "TlRMTVNTUAADAAAA");
      two.getOutputStream()
          .write(
              (head + type3 + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(two.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .startsWith("HTTP/1.1 401");
    }
  }

  @Test
  void discoverySpeaksJsonUcwaAndXml() throws Exception {
    assertThat(askTls(fe, ROOT))
        .contains("\"AccessLocation\":\"External\"", "https://webext01.contoso.com" + ROOT);
    assertThat(askTls(fe, ROOT, "-H", "Accept: application/json"))
        .contains("{\"_links\":{\"self\":", "\"xframe\":{\"href\"", "/oauth/user");
    assertThat(askTls(fe, ROOT, "-H", "Accept: application/vnd.microsoft.rtc.autodiscover+xml;v=1"))
        .contains("<AutodiscoverResponse AccessLocation=\"External\">", "token=\"OAuth\"");
  }

  @Test
  void internalPortsServeTheInternalSite() throws Exception {
    String internal =
        Lab.curl(
                "--cacert",
                pool.trustFile().toString(),
                "--connect-to",
                "::" + Lab.at(fe.internalHttps()),
                "https://pool01.contoso.local" + ROOT)
            .stdout();

    assertThat(internal)
        .contains("\"AccessLocation\":\"Internal\"", "https://pool01.contoso.local" + ROOT);
    assertThat(ask(fe, "/cscp/")).startsWith("HTTP/1.1 404");
  }

  @Test
  void discoveryOfAUserAsksForATicketAndSendsStrangersHome() throws Exception {
    assertThat(askTls(fe, ROOT + "/user"))
        .startsWith("HTTP/1.1 401")
        .contains("X-MS-WebTicketURL: https://webext01.contoso.com/WebTicket/WebTicketService.svc");
    assertThat(askTls(fe, ROOT + "/oauth/user"))
        .contains("WWW-Authenticate: MsRtcOAuth href=", "WWW-Authenticate: Bearer ");

    assertThat(askTls(fe, ROOT + "/user", "-H", "X-MS-WebTicket: " + ticket("alice")))
        .contains("External/Mcx", "https://webext01.contoso.com/ucwa/oauth/v1/applications");
    assertThat(askTls(fe, ROOT + "/user", "-H", "X-MS-WebTicket: " + ticket("bob")))
        .contains("\"token\":\"Redirect\"", "https://webext02.contoso.com" + ROOT + "/user");
    assertThat(ask(fe, "/meet/bob/1234"))
        .startsWith("HTTP/1.1 302")
        .contains("Location: https://webext02.contoso.com/meet/bob/1234");
  }

  private String ticket(String user) throws Exception {
    Matcher ticket =
        Pattern.compile("opaque=([^<]+)<")
            .matcher(
                askTls(
                    fe,
                    "/WebTicket/WebTicketService.svc",
                    "--ntlm",
                    "-u",
                    user + ":Passw0rd!",
                    "-d",
                    "<s:Envelope/>"));
    assertThat(ticket.find()).isTrue();
    return "opaque=" + ticket.group(1);
  }

  private String bearer() throws Exception {
    Matcher token =
        Pattern.compile("\"access_token\":\"([^\"]+)\"")
            .matcher(
                ask(
                    fe,
                    "/WebTicket/oauthtoken",
                    "-d",
                    "grant_type=password&username=alice@contoso.com&password=Passw0rd!"));
    assertThat(token.find()).isTrue();
    return "Authorization: Bearer " + token.group(1);
  }

  private String application(String bearer) throws Exception {
    Matcher self =
        Pattern.compile("Location: (\\S+)")
            .matcher(ask(fe, "/ucwa/oauth/v1/applications", "-H", bearer, "-d", "{}"));
    assertThat(self.find()).isTrue();
    return self.group(1);
  }

  @Test
  void anEventRequestIsHeldUntilSomethingHappensOrTimePasses() throws Exception {
    String bearer = bearer();
    String self = application(bearer);
    Process held = poll(self, bearer);
    eventually(() -> fe.pending() == 1);
    ask(fe, self + "/me/note", "-H", bearer, "-d", "{}");

    assertThat(Lab.run(held).stdout()).startsWith("HTTP/1.1 200").contains("\"sender\"");
    assertThat(ask(fe, self + "/events?ack=2&timeout=0", "-H", bearer))
        .startsWith("HTTP/1.1 200")
        .doesNotContain("\"sender\"");
  }

  @Test
  void aSecondEventRequestReplacesTheFirst() throws Exception {
    String bearer = bearer();
    String self = application(bearer);
    Process first = poll(self, bearer);
    eventually(() -> fe.pending() == 1);
    Process second = poll(self, bearer);

    assertThat(Lab.run(first).stdout()).startsWith("HTTP/1.1 409").contains("PGetReplaced");
    second.destroy();
    eventually(() -> fe.abandoned() == 1 && fe.pending() == 0);
  }

  @Test
  void aboveItsPendingLimitAServerAnswers503() throws Exception {
    String bearer = bearer();
    List<Process> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(poll(application(bearer), bearer));
    }
    eventually(() -> fe.pending() == 3);

    assertThat(ask(fe, "/ucwa/oauth/v1/applications", "-H", bearer, "-d", "{}"))
        .startsWith("HTTP/1.1 503")
        .contains("Retry-After");
    held.forEach(Process::destroy);
    eventually(() -> fe.pending() == 0);
    application(bearer);
  }

  @Test
  void everyGuestIsAUserOfTheirOwn() throws Exception {
    String one = guest();
    String two = guest();
    String self = application(one);

    assertThat(ask(fe, self + "/events?ack=1&timeout=0", "-H", one)).startsWith("HTTP/1.1 200");
    assertThat(ask(fe, self + "/events?ack=1&timeout=0", "-H", two)).startsWith("HTTP/1.1 404");
  }

  private String guest() throws Exception {
    Matcher token =
        Pattern.compile("\"access_token\":\"([^\"]+)\"")
            .matcher(
                ask(fe, "/WebTicket/oauthtoken", "-d", "grant_type=urn:microsoft.rtc:anonmeeting"));
    assertThat(token.find()).isTrue();
    return "Authorization: Bearer " + token.group(1);
  }

  private Process poll(String self, String bearer) throws IOException {
    return new ProcessBuilder(
            "/usr/bin/curl",
            "-isS",
            "-H",
            bearer,
            "http://" + Lab.at(fe.http()) + self + "/events?ack=1&timeout=1800")
        .start();
  }

  @Test
  void uploadsUpTo500MegabytesAreTaken() throws Exception {
    Path file = directory.resolve("deck.pptx");
    Files.write(file, new byte[3_000_000]);

    assertThat(ask(fe, "/DataCollabWeb/Ext/Handler", "-T", file.toString()))
        .contains("\"bytes\": 3000000");
    assertThat(
            Lab.raw(
                fe.http(),
                "POST /DataCollabWeb/Ext/Handler HTTP/1.1\r\nHost: x\r\nContent-Length: 524288001\r\n\r\n"))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void aDirectorHasNoMobilityService() throws Exception {
    assertThat(ask(dir, "/ucwa/oauth/v1/applications")).startsWith("HTTP/1.1 404");
    assertThat(ask(dir, "/Mcx/McxService.svc")).startsWith("HTTP/1.1 404");
    assertThat(askTls(dir, ROOT)).contains("https://webdirext.contoso.com" + ROOT);
    assertThat(ask(fe, "/Mcx/McxService.svc")).startsWith("HTTP/1.1 401");
  }

  @Test
  void officeWebAppsDescribeThemselvesAndEchoUglyUrls() throws Exception {
    String ugly = "/m/Presenter.aspx?a=0&WopiSrc=https%253A%252F%252Fx&<fs=FULLSCREEN&><rec=R&>";

    assertThat(ask(office, "/hosting/discovery"))
        .contains("<wopi-discovery>", "urlsrc=\"https://officewebapps01.contoso.com/m/");
    assertThat(
            Lab.raw(
                office.http(), "GET " + ugly + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .contains("GET " + ugly + " HTTP/1.1");
  }

  @Test
  void versionsDifferInMcxHstsAndTheCookie() throws Exception {
    try (StagingPool ten = StagingPool.start(version("2010"));
        StagingPool nineteen = StagingPool.start(version("sfb2019"))) {
      assertThat(ask(ten.members().getFirst(), "/meet")).contains("Set-Cookie: MS-WSMAN=");
      assertThat(ask(ten.members().getFirst(), "/meet", "-H", "Cookie: MS-WSMAN=1"))
          .doesNotContain("Set-Cookie");
      StagingMember newest = nineteen.members().getFirst();
      assertThat(ask(newest, "/Mcx/McxService.svc")).startsWith("HTTP/1.1 404");
      assertThat(ask(newest, "/meet")).doesNotContain("Strict-Transport-Security");
      assertThat(askTls(newest, "/meet")).contains("Strict-Transport-Security: max-age");
    }
  }

  private StagingPool.Settings version(String word) {
    return StagingPool.Settings.twoMembers(directory).with(Behaviour.DEFAULT.withVersion(word));
  }

  @Test
  void faultsAreSwitchedWhileItRuns() throws Exception {
    try (ControlPort control = new ControlPort(0, pool.faults(), pool.servers())) {
      String faults = "http://" + Lab.at(control.address()) + "/faults";
      assertThat(Lab.curl("-X", "PUT", faults + "/busy").stdout()).contains("on   busy");
      assertThat(ask(fe, "/meet")).startsWith("HTTP/1.1 503");
      Lab.curl("-X", "DELETE", faults + "/busy");
      assertThat(ask(fe, "/meet")).startsWith("HTTP/1.1 200");
      assertThat(Lab.curl("-X", "PUT", faults + "/nonsense").stdout()).contains("untrusted-ca");

      Lab.curl("-X", "PUT", faults + "/untrusted-ca");
      assertThat(askTls(fe, "/meet")).isEmpty();
      Lab.curl("-X", "PUT", faults + "/sip-down");
      eventually(() -> !accepts(fe));
      Lab.curl("-X", "DELETE", faults + "/");
      eventually(() -> accepts(fe));
    }
  }

  private static boolean accepts(StagingMember member) {
    try (Socket socket = new Socket()) {
      socket.connect(java.util.Objects.requireNonNull(member.sip()), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void eventually(Condition condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
