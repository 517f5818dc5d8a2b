package io.portcullis.proxy.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.MemberPool;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ClientSourceTest {

  private static ClientSource of(String address, int ipv4, int ipv6) {
    return ClientSource.of(
        InetAddress.ofLiteral(address), MemberPool.Persistence.of("pool", ipv4, ipv6));
  }

  @Test
  void addressesAreCutToTheirPrefix() {
    assertThat(of("192.0.2.7", 32, 64)).isEqualTo(new ClientSource(0, 0xffff_c000_0207L));
    assertThat(of("192.0.2.7", 24, 64)).isEqualTo(of("192.0.2.200", 24, 64));
    assertThat(of("192.0.2.7", 1, 64)).isEqualTo(new ClientSource(0, 0xffff_8000_0000L));
    assertThat(of("2001:db8:0:1::5", 32, 64))
        .isEqualTo(new ClientSource(0x2001_0db8_0000_0001L, 0));
    assertThat(of("2001:db8:0:1::5", 32, 128))
        .isEqualTo(new ClientSource(0x2001_0db8_0000_0001L, 5));
    assertThat(of("2001:db8:0:1:8000::5", 32, 65).low()).isEqualTo(Long.MIN_VALUE);
    assertThat(of("8000::5", 32, 1)).isEqualTo(new ClientSource(Long.MIN_VALUE, 0));
  }
}
