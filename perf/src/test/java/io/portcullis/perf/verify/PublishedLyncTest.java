package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.Behaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every virtual directory of a Skype for Business pool through a real node, asked by real curl.
final class PublishedLyncTest {
  private static final String WEB = "https://webext01.contoso.com";
  private static final String ALICE = "CONTOSO\\alice:Passw0rd!";

  private static Published published;
  private static Path files;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    files = directory;
    published =
        new Published(
            directory,
            Behaviour.DEFAULT
                .withVersion("sfb2015")
                .withHomes(Map.of("bob", "webext02.contoso.com"))
                .withPolls(10_000, Duration.ofMillis(500)));
    published.awaitMeet();
  }

  @AfterAll
  static void stop() throws Exception {
    published.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/abs",
        "/abs/handler",
        "/GroupExpansion/service.svc",
        "/WebTicket/WebTicketService.svc",
        "/CertProv/CertProvisioningService.svc",
        "/Mcx/McxService.svc",
        "/RequestHandlerExt/ucdevice.upx",
        "/RgsClients/AgentService.svc",
        "/RgsConfig",
        "/LocationInformation/LIService.svc"
      })
  void directoryBehindNtlmIsReachedWithRealCredentialsOnly(String path) throws Exception {
    assertThat(published.curl(WEB + path))
        .startsWith("HTTP/1.1 401")
        .contains("WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n");
    assertThat(published.curl(WEB + path, "--ntlm", "-u", ALICE))
        .contains("WWW-Authenticate: NTLM TlRM", "X-Staging-User: alice");
    assertThat(published.curl(WEB + path, "--ntlm", "-u", "CONTOSO\\alice:wrong"))
        .doesNotContain("X-Staging-User");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/meet",
        "/dialin",
        "/lwa",
        "/Scheduler",
        "/Reach",
        "/Reach/sip.svc",
        "/PersistentChat/RM",
        "/PhoneConferencing/Ext",
        "/PassiveAuth/PassiveAuth.aspx",
        "/passiveauth/federationmetadata/2007-06/federationmetadata.xml",
        "/Autodiscover/XFrame/XFrame.html"
      })
  void pageIsShown(String path) throws Exception {
    assertThat(published.curl(WEB + path)).startsWith("HTTP/1.1 200").contains("<title>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/CollabContent/x.pptx",
        "/Conf/Ext/x",
        "/etc/place/null/x",
        "/AutoUpdate/Ext/x",
        "/DeviceUpdateFiles_Ext/x.cab",
        "/RequestHandlerExt/Files/x.log",
        "/DataCollabWeb/wopi/files/9-1/contents"
      })
  void fileIsFetchedInRanges(String path) throws Exception {
    assertThat(published.curl(WEB + path, "-r", "5242870-"))
        .startsWith("HTTP/1.1 206")
        .contains("Content-Range: bytes 5242870-5242879/5242880", "ETag: ");
    assertThat(published.curl(WEB + path, "-r", "9999999-")).startsWith("HTTP/1.1 416");
  }

  @ParameterizedTest
  @CsvSource({
    "/cscp/",
    "/CSCP",
    "/%63scp/",
    "/%43%53cp/x",
    "/meet/../cscp/",
    "/meet/%2e%2e/cscp/",
    "//cscp/",
    "/./cscp/",
    "/OcsPowerShell/",
    "/ocspowershell",
    "/admin/"
  })
  void directoryOfTheInternalSiteIsRefusedHoweverItIsWritten(String path) throws Exception {
    String answer = published.curl(WEB + path);

    assertThat(answer).startsWith("HTTP/1.1 404").doesNotContain("X-Staging-Member");
  }

  @Test
  void bothChallengesOfUcwaArriveAsTwoLinesAndEventsAreHeld() throws Exception {
    assertThat(published.curl(WEB + "/ucwa/oauth/v1/applications"))
        .startsWith("HTTP/1.1 401")
        .containsPattern("WWW-Authenticate: MsRtcOAuth [^\r]*\r\nWWW-Authenticate: Bearer ");
    String token =
        first(
            "\"access_token\":\"([^\"]+)\"",
            published.curl(
                WEB + "/WebTicket/oauthtoken",
                "-d",
                "grant_type=password&username=alice&password=Passw0rd!"));
    String bearer = "Authorization: Bearer " + token;
    String made = published.curl(WEB + "/ucwa/oauth/v1/applications", "-H", bearer, "-d", "{}");
    assertThat(made)
        .startsWith("HTTP/1.1 201")
        .contains("X-MS-Server-Fqdn: fe1", "Set-Cookie: cwt_ucwa=");
    assertThat(
            published.curl(
                WEB + first("Location: (\\S+)", made) + "/events?ack=1&timeout=0", "-H", bearer))
        .startsWith("HTTP/1.1 200")
        .contains("events?ack=2");
  }

  @Test
  void webTicketSignsInToDiscovery() throws Exception {
    String root = WEB + "/Autodiscover/AutodiscoverService.svc/root/user";
    assertThat(published.curl(root))
        .startsWith("HTTP/1.1 401")
        .contains("X-MS-WebTicketURL: " + WEB + "/WebTicket/WebTicketService.svc");
    String ticket =
        first(
            "(opaque=[^<]+)<",
            published.curl(
                WEB + "/WebTicket/WebTicketService.svc", "--ntlm", "-u", ALICE, "-d", "<s/>"));

    assertThat(published.curl(root, "-H", "X-MS-WebTicket: " + ticket))
        .startsWith("HTTP/1.1 200")
        .contains(WEB + "/ucwa/oauth/v1/applications");
  }

  @Test
  void discoveryAnswersInEveryNotationAndOnTheNameOfItsDomain() throws Exception {
    String root = "/Autodiscover/AutodiscoverService.svc/root";

    assertThat(published.curl(WEB + root))
        .startsWith("HTTP/1.1 200")
        .contains("\"AccessLocation\":\"External\"", WEB + root + "/domain");
    assertThat(published.curl(WEB + root + "/domain"))
        .contains("\"token\":\"External/Autodiscover\"");
    assertThat(published.curl(WEB + root + "/oauth/user"))
        .startsWith("HTTP/1.1 401")
        .contains("WWW-Authenticate: MsRtcOAuth ", "WWW-Authenticate: Bearer ");
    assertThat(
            published.curl(
                "https://lyncdiscover.contoso.com/?sipuri=alice@contoso.com",
                "-H",
                "Accept: application/vnd.microsoft.rtc.autodiscover+xml;v=1"))
        .startsWith("HTTP/1.1 200")
        .contains("<AutodiscoverResponse AccessLocation=\"External\">");
  }

  @Test
  void addressBookFileIsFetchedInRangesBySomebodySignedIn() throws Exception {
    String file = WEB + "/abs/handler/F-0d5c.lsabs";

    assertThat(published.curl(file)).startsWith("HTTP/1.1 401");
    assertThat(published.curl(file, "--ntlm", "-u", ALICE, "-r", "0-9"))
        .contains("HTTP/1.1 206", "Content-Range: bytes 0-9/5242880", "X-Staging-User: alice");
  }

  @Test
  void tokensAreIssuedToPasswordsConnectionsAndGuests() throws Exception {
    String tokens = WEB + "/WebTicket/oauthtoken";
    String windows = "grant_type=urn:microsoft.rtc:windows";

    assertThat(published.curl(tokens, "-d", windows)).startsWith("HTTP/1.1 401");
    assertThat(published.curl(tokens, "--ntlm", "-u", ALICE, "-d", windows))
        .contains("\"access_token\":\"cwt=");
    assertThat(published.curl(tokens, "-d", "grant_type=urn:microsoft.rtc:anonmeeting"))
        .contains("\"access_token\":\"cwt=");
  }

  @Test
  void hybridConfigurationSaysWhereTicketsAreIssued() throws Exception {
    assertThat(published.curl(WEB + "/hybridconfig/hybridconfigservice.svc"))
        .startsWith("HTTP/1.1 401")
        .contains("X-MS-WebTicketURL: " + WEB + "/WebTicket/WebTicketService.svc");
  }

  @Test
  void redirectToTheHomePoolAndStrictTransportSecurityPassAsTheyAre() throws Exception {
    assertThat(published.curl("https://meet.contoso.com/bob/1234?sl=1"))
        .startsWith("HTTP/1.1 302")
        .contains("Location: https://webext02.contoso.com/bob/1234?sl=1\r\n")
        .containsOnlyOnce("Strict-Transport-Security: max-age=315360000; includeSubDomains\r\n");
  }

  @Test
  void loadBalancersCookiePassesAndNoneIsIssuedHere() throws Exception {
    assertThat(
            published.curl(
                WEB + "/echo", "-H", "Accept: application/json", "-H", "Cookie: MS-WSMAN=a=b|c"))
        .contains("MS-WSMAN=a=b|c")
        .doesNotContain("Set-Cookie", "Via");
  }

  @Test
  void credentialsAreDroppedFromDiscoveryInClearAlone() throws Exception {
    String[] credentials = {"-H", "Accept: application/json", "-H", "Authorization: Basic YTpi"};

    assertThat(published.curl("http://lyncdiscover.contoso.com/echo", credentials))
        .startsWith("HTTP/1.1 200")
        .doesNotContain("Authorization", "YTpi");
    assertThat(published.curl(WEB + "/echo", credentials)).contains("YTpi");
  }

  @Test
  void discoveryInClearIsForwardedAndOtherNamesAreLedToHttps() throws Exception {
    assertThat(published.curl("http://lyncdiscover.contoso.com/?sipuri=a@contoso.com"))
        .startsWith("HTTP/1.1 200")
        .contains("\"token\":\"Redirect\"", "https://webdirext.contoso.com/");
    assertThat(published.curl("http://webext01.contoso.com/meet?x=1"))
        .startsWith("HTTP/1.1 301")
        .containsPattern("Location: https://webext01\\.contoso\\.com(:\\d+)?/meet\\?x=1\r\n");
  }

  @Test
  void uglyUrlOfOfficeWebAppsArrivesAsItWasSent() throws Exception {
    String ugly =
        "/m/Presenter.aspx?a=0&e=true&WopiSrc=https%253A%252F%252Fwebext01%252FDataCollabWeb&<fs=FULLSCREEN&><rec=RECORDING&>";

    assertThat(published.curl("https://officewebapps01.contoso.com" + ugly))
        .contains("GET " + ugly + " HTTP/1.1\r\nHost: officewebapps01.contoso.com\r\n");
    assertThat(published.curl("https://officewebapps01.contoso.com/hosting/discovery"))
        .contains("<wopi-discovery>");
  }

  @Test
  void presentationIsUploaded() throws Exception {
    Path deck = files.resolve("deck.pptx");
    Files.write(deck, new byte[20_000_000]);

    assertThat(published.curl(WEB + "/DataCollabWeb/Ext/Handler", "-T", deck.toString()))
        .contains("\"bytes\": 20000000");
  }

  @Test
  void unknownNamesAreNobodys() throws Exception {
    assertThat(
            published.curl(
                "https://webext01.contoso.com/", "-H", "Host: lyncdiscoverinternal.contoso.com"))
        .startsWith("HTTP/1.1 404")
        .doesNotContain("X-Staging-Member");
    assertThat(published.curl("https://webext01.contoso.com/", "-H", "Host: admin.contoso.com"))
        .startsWith("HTTP/1.1 404");
  }

  private static String first(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }
}
