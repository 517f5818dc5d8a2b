package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.server.StartFailed;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CoordinatorOptionsTest {

  @Test
  void silenceMeansAllAddressesAndOneThatOthersReach() throws Exception {
    CoordinatorOptions options =
        CoordinatorOptions.parse(List.of("--state", "/tmp/x", "--farm", "edge"));

    assertThat(options.admin().getPort()).isEqualTo(9443);
    assertThat(options.zookeeper().getPort()).isEqualTo(2281);
    assertThat(options.admin().getAddress().isAnyLocalAddress()).isTrue();
    assertThat(options.advertise()).isNotEqualTo("0.0.0.0").isNotEmpty();
  }

  @Test
  void anAddressWithoutWildcardIsAdvertisedItself() throws Exception {
    assertThat(
            CoordinatorOptions.parse(
                    List.of("--state", "/tmp/x", "--farm", "edge", "--admin", "[::1]:1"))
                .advertise())
        .isEqualTo("0:0:0:0:0:0:0:1");
    assertThat(CoordinatorOptions.hostPort("::1", 5)).isEqualTo("[::1]:5");
  }

  @Test
  void wrongUsageSaysWhatIsWrong() {
    wrong("--state is missing", "--farm", "edge");
    wrong("--farm is missing", "--state", "/tmp/x");
    wrong("unknown option --sate", "--sate", "/tmp/x");
    wrong("--farm needs a value", "--state", "/tmp/x", "--farm");
    wrong("cannot be called", "--state", "/tmp/x", "--farm", "a,OU=b");
    wrong("no address", "--state", "/tmp/x", "--farm", "edge", "--admin", "9443");
    wrong("no address", "--state", "/tmp/x", "--farm", "edge", "--admin", "127.0.0.1:99999");
  }

  private static void wrong(String message, String... arguments) {
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() -> CoordinatorOptions.parse(List.of(arguments)))
        .withMessageContaining(message)
        .matches(e -> !e.hint().isEmpty(), "says what to do");
  }

  @Test
  void theHelpNamesEveryOption() {
    assertThat(CoordinatorOptions.wantHelp(List.of("--state", "/tmp/x", "--help"))).isTrue();
    assertThat(
            Pattern.compile("--[a-z-]+")
                .matcher(CoordinatorOptions.USAGE)
                .results()
                .map(MatchResult::group)
                .distinct())
        .hasSize(10)
        .allSatisfy(name -> assertThat(CoordinatorOptions.HELP).contains("  " + name + " "));
  }
}
