package io.portcullis.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Real servers and a real farm around it: `GuestFarmTest` of the coordinator.
class FarmDoorTest {
  private static final String AUTHORITY = "0123456789abcdef".repeat(4);
  private static final String PLACE = "/lync/portcullis/edge";

  /// The number of JDK 11's class files (JVM specification, table 4.1-A).
  private static final int JDK_11 = 55;

  private static Identity identity(String name) {
    return Objects.requireNonNull(
        Identity.parse(name + " 1700000000000 " + AUTHORITY + " " + PLACE));
  }

  @Test
  void itRunsOnTheOldestJvm() throws IOException {
    for (Class<?> one :
        new Class<?>[] {FarmDoor.class, FarmRecords.class, Identity.class, Json.class}) {
      try (DataInputStream file =
          new DataInputStream(
              Objects.requireNonNull(one.getResourceAsStream(one.getSimpleName() + ".class")))) {
        int _ = file.readInt();
        assertThat(file.readInt()).isLessThanOrEqualTo(JDK_11);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"coordinators", "members", "node/edge1", "coordinator/c-1"})
  void whatAccessListsSayIsValid(String expression) {
    assertThat(Identity.isExpression(expression)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "operators", "node/", "operator/x", "node/a b", "node", "/x"})
  void whatMeansNobodyIsNot(String expression) {
    assertThat(Identity.isExpression(expression)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "coordinator/c1, coordinators, true",
    "coordinator/c1, members, true",
    "coordinator/c1, node/c1, false",
    "node/c1, coordinators, false",
    "node/c1, members, true",
    "node/c1, node/c1, true",
    "node/c1, node/c11, false"
  })
  void expressionsMeanClassesOrOne(String name, String expression, boolean meant) {
    assertThat(identity(name).isMeant(expression)).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({
    "/lync/portcullis/edge, true, false",
    "/lync/portcullis/edge/config, true, false",
    "/lync/portcullis/edge2, false, false",
    "/lync/portcullis/edge2/config, false, false",
    "/lync/portcullis, false, true",
    "/lync, false, true",
    "/, false, true",
    "/lyn, false, false",
    "/zookeeper, false, false"
  })
  void aFarmOwnsItsPlaceAndNothingBesideIt(String path, boolean owns, boolean way) {
    assertThat(identity("coordinator/c1").owns(path)).isEqualTo(owns);
    assertThat(identity("coordinator/c1").isOnTheWay(path)).isEqualTo(way);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "operator/a 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef /a/portcullis/e",
        "node/a x 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef /a/portcullis/e",
        "node/a 1 0123 /a/portcullis/e",
        "node/a 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
      })
  void whatItDidNotWriteIsNobody(String text) {
    assertThat(Identity.parse(text)).isNull();
  }

  @Test
  void whatItWritesItReads() {
    Identity one = identity("node/edge-1");
    assertThat(Objects.requireNonNull(Identity.parse(one.text())).text()).isEqualTo(one.text());
  }

  @ParameterizedTest
  @CsvSource({
    "/lync/portcullis/edge, true",
    "/portcullis/edge, true",
    "/portcullis/portcullis/edge, true",
    "/lync/edge, false",
    "/lync/portcullis/, false",
    "/lync/portcullis/.., false",
    "/lync//portcullis/edge, false",
    "/lync/portcullis/edge/config, false",
    "portcullis/edge, false",
    "'/portcullis/ed\nge', false",
    "'', false"
  })
  void onlyWhatLooksLikeAFarmsPlaceIsLookedAt(String root, boolean place) {
    assertThat(Identity.isPlace(root)).isEqualTo(place);
  }

  @Test
  void aPlaceOfAMegabyteIsNotLookedAt() {
    assertThat(Identity.isPlace("/x".repeat(500_000) + "/portcullis/edge")).isFalse();
  }
}
