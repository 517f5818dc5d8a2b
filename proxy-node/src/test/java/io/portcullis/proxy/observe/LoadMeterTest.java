package io.portcullis.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.message.Failure;
import org.junit.jupiter.api.Test;

class LoadMeterTest {

  private static final long MILLI = 1_000_000;

  @Test
  void stepsDouble() {
    assertThat(LoadMeter.step(0)).isZero();
    assertThat(LoadMeter.step(MILLI)).isZero();
    assertThat(LoadMeter.step(MILLI + 1)).isEqualTo(1);
    assertThat(LoadMeter.step(2 * MILLI)).isEqualTo(1);
    assertThat(LoadMeter.step(1000 * MILLI)).isEqualTo(10);
    assertThat(LoadMeter.step(Long.MAX_VALUE)).isEqualTo(LoadMeter.STEPS - 1);
  }

  @Test
  void whatClientsDoWrongIsNoFailureOfTheFarm() {
    LoadMeter meter = new LoadMeter();
    meter.ended(200, null, MILLI);
    meter.ended(404, null, MILLI);
    meter.ended(429, Failure.REQUEST_LIMIT, MILLI);
    assertThat(meter.failed()).isZero();
    meter.ended(500, null, MILLI);
    meter.ended(502, Failure.MEMBER_UNREACHABLE, MILLI);
    meter.ended(200, Failure.MEMBER_BODY_CUT, MILLI);
    assertThat(meter.failed()).isEqualTo(3);
    assertThat(meter.durations().getFirst()).isEqualTo(6);
  }
}
