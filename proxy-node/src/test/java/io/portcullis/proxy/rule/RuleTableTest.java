package io.portcullis.proxy.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTableTest {

  private static Rule rule(String name, String names, String paths, String deny) {
    return new Rule(name, words(names), words(paths), words(deny), new Decision.Respond(name, 200));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }

  private final RuleTable table =
      RuleTable.of(
          List.of(
              rule("any", "*", "/", ""),
              rule("web", "webext.contoso.com", "/", "/cscp /Reach/fwd"),
              rule("abs", "webext.contoso.com", "/abs", ""),
              rule("abs-deep", "webext.contoso.com", "/abs/handler/", ""),
              rule("meet", "Meet.Contoso.Com meet.fabrikam.com", "/Meet", ""),
              rule("wild", "*.contoso.com", "/", "/cscp"),
              rule("v4", "192.0.2.7", "/", ""),
              rule("v6", "[2001:DB8::1]", "/", "")));

  private String decided(String host, String path) {
    Decision decision = table.decide(TextHead.of(host, path));
    return switch (decision) {
      case Decision.Respond respond -> respond.rule();
      case Decision.Reject reject -> reject.rule() + " " + reject.status();
      case Decision.Forward forward -> forward.rule();
      case Decision.RedirectToHttps redirect -> redirect.rule();
      case Decision.TurnAway away -> away.rule();
      case Decision.Prove proof -> proof.rule();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          webext.contoso.com       | web
          WEBEXT.Contoso.COM       | web
          webext.contoso.com.      | web
          webext.contoso.com:443   | web
          webext.contoso.com.:4443 | web
          meetx.contoso.com        | wild
          a.b.contoso.com          | any
          contoso.com              | any
          .contoso.com             | any
          xcontoso.com             | any
          192.0.2.7                | v4
          192.0.2.7:8443           | v4
          [2001:db8::1]            | v6
          [2001:DB8::1]:443        | v6
          2001:db8::1              | v6
          [2001:db8::2]            | any
          """)
  void namesAreChosenBySpecificity(String host, String expected) {
    assertThat(decided(host, "/")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /                       | web
          /abs                    | abs
          /ABS/                   | abs
          /absolute               | web
          /abs/handler            | abs-deep
          /abs/handlers           | abs
          /a%62s/x                | abs
          /x/../abs/              | abs
          /abs/../x               | web
          *                       | web
          /cscp                   | web 404
          /CSCP/                  | web 404
          /cscp/x.svc             | web 404
          /cscpx                  | web
          /%63scp                 | web 404
          /%63%73%63%70/          | web 404
          //cscp                  | web 404
          /./cscp                 | web 404
          /x/../cscp              | web 404
          /x/%2e%2e/cscp          | web 404
          /%2e/cscp               | web 404
          /x%2f..%2fcscp          | web 404
          /../../cscp             | web 404
          /\\cscp                 | web 404
          /%5ccscp                | web 404
          /%u0063scp              | web 404
          /%u002fcscp             | web 404
          /%2563scp               | web
          /%6                     | web
          /%zz/cscp               | web
          /%00cscp                | web
          /reach//fwd/            | web 404
          /reach/fwdx             | web
          """)
  void pathsAreMatchedDecodedAndAtSegmentBorders(String path, String expected) {
    assertThat(decided("webext.contoso.com", path.replace("\\\\", "\\"))).isEqualTo(expected);
  }

  @Test
  void prefixEndsAtSegmentBorder() {
    RuleTable ab = RuleTable.of(List.of(rule("ab", "h", "/ab", "")));
    assertThat(ab.decide(TextHead.of("h", "/abc")).rule()).isEqualTo("default-deny");
    assertThat(ab.decide(TextHead.of("h", "/ab/c")).rule()).isEqualTo("ab");
  }

  @Test
  void unpublishedPathOfAKnownNameDoesNotFallThroughToWiderNames() {
    assertThat(decided("meet.contoso.com", "/abs")).isEqualTo("default-deny 404");
    assertThat(decided("meet.fabrikam.com", "/meet/user/1")).isEqualTo("meet");
  }

  @Test
  void denialWinsOverALongerPublishedPathOfAnotherRule() {
    RuleTable both =
        RuleTable.of(List.of(rule("deny", "h", "/", "/cscp"), rule("open", "h", "/cscp/x", "")));
    assertThat(both.decide(TextHead.of("h", "/cscp/x")))
        .isEqualTo(new Decision.Reject("deny", 404, "the rule denies this path"));
  }

  @Test
  void unknownNameIsDeniedByDefault() {
    RuleTable one = RuleTable.of(List.of(rule("one", "h", "/", "")));
    assertThat(one.decide(TextHead.of("other", "/")))
        .isInstanceOfSatisfying(
            Decision.Reject.class,
            reject -> {
              assertThat(reject.rule()).isEqualTo("default-deny");
              assertThat(reject.status()).isEqualTo(404);
            });
    assertThat(RuleTable.of(List.of()).decide(TextHead.of("h", "/")).rule())
        .isEqualTo("default-deny");
  }

  @Test
  void missingHostIsRefusedEvenWhereAnyNameIsPublished() {
    assertThat(decided("", "/")).isEqualTo("default-deny 400");
    assertThat(decided(":443", "/")).isEqualTo("default-deny 400");
    assertThat(decided("[]", "/")).isEqualTo("default-deny 400");
  }

  @Test
  void emptyPathOfAnAbsoluteTargetIsTheRoot() {
    assertThat(decided("webext.contoso.com", "")).isEqualTo("web");
  }

  @Test
  void discoveryRuleNeedsNoPlaceBeforeTheRedirect() {
    Rule redirect =
        new Rule(
            "to-https",
            List.of("*"),
            List.of("/"),
            List.of(),
            new Decision.RedirectToHttps("to-https", 443));
    Rule discover = rule("discover", "lyncdiscover.contoso.com", "/", "");
    for (List<Rule> order : List.of(List.of(redirect, discover), List.of(discover, redirect))) {
      RuleTable http = RuleTable.of(order);
      assertThat(http.decide(TextHead.of("lyncdiscover.contoso.com", "/?sipuri=a")).rule())
          .isEqualTo("discover");
      assertThat(http.decide(TextHead.of("meet.contoso.com", "/")).rule()).isEqualTo("to-https");
    }
  }

  @Test
  void thousandsOfNamesAreFoundEach() {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      rules.add(rule("r" + i, "host" + i + ".example.net", "/", ""));
    }
    RuleTable many = RuleTable.of(rules);
    for (int i = 0; i < 5000; i++) {
      assertThat(many.decide(TextHead.of("HOST" + i + ".example.NET", "/")).rule())
          .isEqualTo("r" + i);
    }
  }
}
