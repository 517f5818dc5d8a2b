package io.portcullis.farm.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.8, false",
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "192.0.2.0/24, ::ffff:192.0.2.1, true",
  })
  void holdsWhatBeginsWithItsBits(String network, String address, boolean holds) {
    assertThat(Network.parse(network).orElseThrow().contains(InetAddress.ofLiteral(address)))
        .isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/33",
    "192.0.2.0/",
    "edge1",
    "10",
    "10/8",
    "192.0.2",
    "fe80::1%lo",
    "192.0.2.0/-1",
    "2001:db8::/129"
  })
  void isNotMadeOfAnythingElse(String text) {
    assertThat(Network.parse(text)).isEmpty();
  }
}
