package io.portcullis.proxy.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceKeyTest {

  private static long key(String address, int ipv4Prefix, int ipv6Prefix) {
    return SourceKey.of(InetAddress.ofLiteral(address), ipv4Prefix, ipv6Prefix);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,    192.0.2.1,     32, true",
    "192.0.2.1,    192.0.2.2,     32, false",
    "192.0.2.1,    192.0.2.254,   24, true",
    "192.0.2.1,    192.0.3.1,     24, false",
    "192.0.2.127,  192.0.2.1,     25, true",
    "192.0.2.128,  192.0.2.1,     25, false",
    "10.1.2.3,     203.0.113.9,    0, true",
    "2001:db8::1,  2001:db8::2,   64, true",
    "2001:db8::1,  2001:db8:0:1::1, 64, false",
    "2001:db8::1,  2001:db8:0:1::1, 63, true",
    "2001:db8::1,  2001:db8::2,  128, false",
  })
  void prefixDecidesWhatCountsAsOneSource(String one, String other, int prefix, boolean same) {
    boolean v4 = one.indexOf(':') < 0;
    long first = key(one, v4 ? prefix : 32, v4 ? 64 : prefix);
    long second = key(other, v4 ? prefix : 32, v4 ? 64 : prefix);
    assertThat(first == second).isEqualTo(same);
  }

  @Test
  void mappedAddressIsItsIpv4Address() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = (byte) 192;
    mapped[14] = 2;
    mapped[15] = 1;
    InetAddress dualStack = Inet6Address.getByAddress(null, mapped, -1);
    assertThat(dualStack).isInstanceOf(Inet6Address.class);
    assertThat(SourceKey.of(dualStack, 32, 64)).isEqualTo(key("192.0.2.1", 32, 64));
  }

  @Test
  void familiesDoNotMeet() {
    assertThat(key("0.0.0.1", 32, 128)).isNotEqualTo(key("::1", 32, 128));
  }

  @Test
  void neighboursSpreadOverAllBits() {
    Set<Long> high = new HashSet<>();
    Set<Long> low = new HashSet<>();
    for (int i = 0; i < 256; i++) {
      long key = key("10.0.0." + i, 32, 64);
      high.add(key >>> 48);
      low.add(key & 0xffff);
    }
    assertThat(high).hasSizeGreaterThan(250);
    assertThat(low).hasSizeGreaterThan(250);
  }
}
