package io.portcullis.farm.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The numbers of MS-NLMP §4.2.4 ("NTLMv2 Authentication"), and messages nobody should send.
class NtlmClientTest {
  private static final HexFormat HEX = HexFormat.of();

  private static final String CHALLENGE =
      "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000240024004400000006007017"
          + "0000000f530065007200760065007200"
          + "02000c0044006f006d00610069006e0001000c00530065007200760065007200"
          + "00000000";

  @Test
  void theResponseIsTheOneOfTheSpecification() {
    byte[] message =
        NtlmClient.authenticate(
            HEX.parseHex(CHALLENGE),
            SignIn.of("Domain\\User", "Password"),
            HEX.parseHex("aaaaaaaaaaaaaaaa"),
            Instant.parse("1601-01-01T00:00:00Z"));
    String hex = HEX.formatHex(message);

    assertThat(hex)
        .startsWith("4e544c4d5353500003000000")
        .contains("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa")
        .contains(
            "68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
                + "02000c0044006f006d00610069006e00")
        .contains(HEX.formatHex("User".getBytes(java.nio.charset.StandardCharsets.UTF_16LE)));
  }

  @Test
  void aServerThatTellsTheTimeGetsItBackAndNoOlderProof() {
    String info = "0700080000c0ffee00c0ffee00000000";
    String challenge =
        "4e544c4d53535000020000000000000000000000338289e20123456789abcdef0000000000000000"
            + "1000100030000000"
            + info;
    byte[] message =
        NtlmClient.authenticate(
            HEX.parseHex(challenge), SignIn.of("u", "p"), new byte[8], Instant.EPOCH);

    assertThat(HEX.formatHex(message)).contains("010100000000000000c0ffee00c0ffee");
    int lm = message[16] & 0xff | (message[17] & 0xff) << 8;
    assertThat(Arrays.copyOfRange(message, lm, lm + 24)).containsOnly(0);
  }

  @Test
  void aChallengeThatLiesAboutItsLengthsHarmsNobody() {
    byte[] lying = HEX.parseHex(CHALLENGE);
    Arrays.fill(lying, 40, 48, (byte) 0xff);

    assertThat(NtlmClient.authenticate(lying, SignIn.of("u", "p"), new byte[8], Instant.EPOCH))
        .isNotEmpty();
  }

  @Test
  void onlyAChallengeIsOne() {
    assertThat(NtlmClient.challenges(reply("NTLM"))).isFalse();
    assertThat(NtlmClient.challenges(reply("NTLM !!!"))).isFalse();
    assertThat(NtlmClient.challenges(reply("NTLM TlRMTVNTUAACAAAA"))).isFalse();
    assertThat(
            NtlmClient.challenges(
                reply(
                    "NTLM "
                        + java.util.Base64.getEncoder().encodeToString(HEX.parseHex(CHALLENGE)))))
        .isTrue();
  }

  private static Reply reply(String line) {
    return new Reply(401, List.of(new Reply.Field("WWW-Authenticate", line)), "");
  }

  @Test
  void thePasswordIsNeverPrinted() {
    assertThat(SignIn.of("CONTOSO\\alice", "geheim").toString()).doesNotContain("geheim");
  }
}
