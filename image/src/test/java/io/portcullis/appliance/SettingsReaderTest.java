package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.identity.JoinToken;
import io.portcullis.farm.identity.Role;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsReaderTest {

  private static final String TOKEN =
      new JoinToken("10.0.0.10:9443", "ab".repeat(32), Role.NODE, JoinToken.newSecret()).encode();

  private static final String FULL =
      """
      #portcullis
      role first
      farm contoso-edge
      name edge-1
      external 192.0.2.10/24 gateway 192.0.2.1
      internal 10.0.0.10/24 card 52:54:00:AA:00:02
      route 10.1.0.0/16 via 10.0.0.1
      dns 10.0.0.53 10.0.0.54
      host 10.1.0.12 fe2.contoso.local fe2
      ntp 10.0.0.1 time.contoso.com
      ssh-key ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDJ1F3uQm7o8cWVbV2WQ0dG3X0nR1h8c3w operator
      """;

  @Test
  void everythingThatCanBeSaidIsUnderstood() {
    Settings settings = accepted(FULL);
    assertThat(settings.role()).isEqualTo(Settings.Role.FIRST);
    assertThat(settings.farm()).isEqualTo("contoso-edge");
    assertThat(settings.external())
        .isEqualTo(
            new Settings.Side(
                Cidr.parse("192.0.2.10/24"), InetAddress.ofLiteral("192.0.2.1"), null));
    assertThat(settings.internal())
        .isEqualTo(new Settings.Side(Cidr.parse("10.0.0.10/24"), null, "52:54:00:aa:00:02"));
    assertThat(settings.routes())
        .containsExactly(
            new Settings.Route(Cidr.parse("10.1.0.0/16"), InetAddress.ofLiteral("10.0.0.1")));
    assertThat(settings.dns()).hasSize(2);
    assertThat(settings.hosts().getFirst().names()).containsExactly("fe2.contoso.local", "fe2");
    assertThat(settings.ntp()).containsExactly("10.0.0.1", "time.contoso.com");
    assertThat(settings.sshKeys()).hasSize(1);
    assertThat(settings.publish()).containsExactly(80, 443);
  }

  @Test
  void aNodeNeedsNoMoreThanItsToken() {
    Settings settings = accepted("role node\ntoken " + TOKEN + "\n");
    assertThat(settings.token()).isEqualTo(TOKEN);
    assertThat(settings.external()).isEqualTo(new Settings.Side(null, null, null));
  }

  @Test
  void colonsAfterWordsAreForgiven() {
    assertThat(accepted("role: first\nfarm: a\n").farm()).isEqualTo("a");
  }

  @Test
  void everyProblemIsToldAtOnceWithItsLine() {
    assertThat(
            refused(
                """
                role third
                frm contoso
                external 192.0.2.10
                internal 10.0.0.10/33
                route 10.1.2.0/16 via 10.0.0.1
                host 10.0.0.300 fe1
                ntp bad_name
                ssh-key hello
                publish 443 70000
                name Edge_1
                """))
        .satisfiesExactly(
            problem ->
                assertThat(problem)
                    .startsWith("line 2: \"frm\" is no setting")
                    .contains("\"farm\""),
            problem -> assertThat(problem).startsWith("line 1, role: is first or node"),
            problem ->
                assertThat(problem).startsWith("line 3, external: ").contains("prefix length"),
            problem -> assertThat(problem).startsWith("line 4, internal: ").contains("0 to 32"),
            problem ->
                assertThat(problem).startsWith("line 5, route: ").contains("behind its prefix"),
            problem -> assertThat(problem).startsWith("line 10, name: "),
            problem -> assertThat(problem).startsWith("line 6, host: ").contains("10.0.0.300"),
            problem -> assertThat(problem).startsWith("line 7, ntp: "),
            problem -> assertThat(problem).startsWith("line 8, ssh-key: "),
            problem -> assertThat(problem).startsWith("line 9, publish: "));
  }

  @Test
  void theRoleDecidesWhatElseIsNeeded() {
    assertThat(refused("")).singleElement().asString().startsWith("role: is missing");
    assertThat(refused("role first")).singleElement().asString().startsWith("farm: is missing");
    assertThat(refused("role node")).singleElement().asString().startsWith("token: is missing");
    assertThat(refused("role first\nfarm a\ntoken " + TOKEN))
        .singleElement()
        .asString()
        .contains("does not go with role first");
  }

  @Test
  void aBadTokenIsNeverRepeated() {
    assertThat(refused("role node\ntoken portcullis1.SECRET\n"))
        .singleElement()
        .asString()
        .contains("is no join token")
        .doesNotContain("SECRET");
  }

  @Test
  void anOperatorsTokenIsNotForAMachine() {
    String token =
        new JoinToken("10.0.0.10:9443", "ab".repeat(32), Role.OPERATOR, JoinToken.newSecret())
            .encode();
    assertThat(refused("role node\ntoken " + token))
        .singleElement()
        .asString()
        .contains("operator");
  }

  @Test
  void onlyTheOutsideHasADefaultRoute() {
    assertThat(
            refused(
                "role first\nfarm a\ninternal 10.0.0.10/24 gateway 10.0.0.1\nroute 0.0.0.0/0 via 10.0.0.1"))
        .anySatisfy(problem -> assertThat(problem).contains("only default route is outside"))
        .anySatisfy(problem -> assertThat(problem).contains("gateway of external"));
  }

  @Test
  void theTwoSidesAreDifferentNetworks() {
    assertThat(
            refused(
                "role first\nfarm a\nexternal 10.0.0.10/16 gateway 10.0.0.1\ninternal 10.0.0.11/24"))
        .singleElement()
        .asString()
        .contains("are the same network");
  }

  @Test
  void aRouterIsWithinReach() {
    assertThat(refused("role first\nfarm a\ninternal 10.0.0.10/24\nroute 10.1.0.0/16 via 10.9.0.1"))
        .singleElement()
        .asString()
        .contains("on neither side");
  }

  @Test
  void aSettingIsSaidOnce() {
    assertThat(refused("role first\nfarm a\nfarm b\n"))
        .singleElement()
        .asString()
        .startsWith("line 3, farm: is said already in line 2");
  }

  @Test
  void theNearestWordIsOffered() {
    assertThat(refused("role first\nfarm a\nrout 10.1.0.0/16 via 10.0.0.1\n"))
        .singleElement()
        .asString()
        .contains("did you mean \"route\"?");
  }

  @Test
  void aHugeTextIsRefusedUnread() {
    assertThat(refused("#".repeat(Lines.MAX_CHARACTERS + 1)).getFirst())
        .contains("are longer than");
  }

  static Settings accepted(String text) {
    return switch (SettingsReader.read(text)) {
      case SettingsReader.Outcome.Accepted(Settings settings) -> settings;
      case SettingsReader.Outcome.Refused(List<String> problems) ->
          throw new AssertionError(problems);
    };
  }

  private static List<String> refused(String text) {
    return switch (SettingsReader.read(text)) {
      case SettingsReader.Outcome.Accepted(Settings settings) -> throw new AssertionError(settings);
      case SettingsReader.Outcome.Refused(List<String> problems) -> problems;
    };
  }
}
