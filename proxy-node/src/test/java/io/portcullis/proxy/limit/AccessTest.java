package io.portcullis.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "192.0.2.0/24, ::ffff:192.0.2.1, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "2001:db8::1, 2001:db8::1, true",
  })
  void networkContainsItsAddresses(String network, String address, boolean contains) {
    assertThat(Cidrs.of(List.of(network)).contains(address(address))).isEqualTo(contains);
  }

  @Test
  void deniedNetworksWinAndAllowedOnesShutOutTheRest() {
    RuleLimits rule =
        new RuleLimits(
            Cidrs.of(List.of("10.0.0.0/8")),
            Cidrs.of(List.of("10.9.0.0/16")),
            0,
            0,
            new RuleLimits.Tables());
    Access access = new Access(null, Map.of("inside", rule));
    assertThat(access.request(address("10.1.2.3"), "inside")).isEqualTo(Access.Verdict.ADMITTED);
    assertThat(access.request(address("10.9.2.3"), "inside")).isEqualTo(Access.Verdict.DENIED);
    assertThat(access.request(address("192.0.2.1"), "inside")).isEqualTo(Access.Verdict.DENIED);
    assertThat(access.request(address("192.0.2.1"), "other")).isEqualTo(Access.Verdict.ADMITTED);
  }

  @Test
  void networkOfSixtyFourBitsIsOneSource() {
    assertThat(Access.sourceOf(address("2001:db8::1")))
        .isEqualTo(Access.sourceOf(address("2001:db8::ffff:1")))
        .isNotEqualTo(Access.sourceOf(address("2001:db8:0:1::1")));
    assertThat(Access.sourceOf(address("192.0.2.1")))
        .isNotEqualTo(Access.sourceOf(address("192.0.2.2")))
        .isEqualTo(Access.sourceOf(address("::ffff:192.0.2.1")));
  }

  @Test
  void ruleCountsEachSourceAndAllTogether() {
    RuleLimits rule = new RuleLimits(Cidrs.NONE, Cidrs.NONE, 3, 5, new RuleLimits.Tables());
    Access access = new Access(null, Map.of("rule", rule));
    int one = 0;
    int two = 0;
    for (int i = 0; i < 10; i++) {
      one += admitted(access, "192.0.2.1");
      two += admitted(access, "192.0.2.2");
    }
    // The clock is the real one: an event or two more may fit in.
    assertThat(one + two).isBetween(5, 7);
    assertThat(one).isBetween(2, 4);
  }

  private static int admitted(Access access, String source) {
    return access.request(address(source), "rule") == Access.Verdict.ADMITTED ? 1 : 0;
  }
}
