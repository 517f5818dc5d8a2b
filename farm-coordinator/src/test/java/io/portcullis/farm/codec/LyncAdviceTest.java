package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a Lync topology may say and should not: each is a warning at its place, and the document is accepted.
class LyncAdviceTest {
  private static final String LYNC = Documents.resource("lync.yaml");

  @Test
  void aTopologyAsItShouldBeGetsNoWarning() {
    assertThat(Documents.problems(LYNC)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          [fe1.contoso.local]} | [fe1.contoso.local], bridging: {https: 443, http: 8080}} | lync.pools[0].bridging.https | 443 is the internal web site | 4443
          [dir1.contoso.local]} | [dir1.contoso.local], bridging: {https: 4443, http: 80}} | lync.director.bridging.http | 80 is the internal web site | 8080
          [fe2.contoso.local]} | [{host: fe2.contoso.local, bridging: {https: 443, http: 8080}}]} | lync.pools[1].members[0].bridging.https | 443 is the internal web site | 4443
          meet.fabrikam.com] | meet.fabrikam.com, meet.contoso.com/fabrikam] | lync.simpleUrls.meet[2] | begins with another simple URL, "meet.contoso.com" | of its own
          dialin: dialin.contoso.com | dialin: MEET.contoso.com/Dialin | lync.simpleUrls.dialin | begins with another simple URL, "meet.contoso.com" | of its own
          meet.fabrikam.com] | my-meet.fabrikam.com] | lync.simpleUrls.meet[1] | characters that simple URLs may not have | letters, digits and dots
          , meet.fabrikam.com] | ] | lync.sipDomains[1] | no meet URL is for "fabrikam.com" | meet.fabrikam.com
          """)
  void whatTroublesSomebodyIsAWarning(
      String good, String bad, String path, String message, String hint) {
    assertThat(LYNC).contains(good);

    assertThat(Documents.problems(LYNC.replace(good, bad)))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.isError()).isFalse();
          assertThat(problem.path()).startsWith(path);
          assertThat(problem.message()).contains(message);
          assertThat(problem.hint()).contains(hint);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "'[lync.contoso.com/Meet, lync.fabrikam.com/Meet]', lync.contoso.com/Dialin",
    "'[lync.contoso.com/contoso.com/Meet, lync.contoso.com/fabrikam.com/Meet]', lync.contoso.com/Dialin"
  })
  void theOtherShapesOfSimpleUrlsGetNone(String meet, String dialin) {
    assertThat(
            Documents.problems(
                LYNC.replace("[meet.contoso.com, meet.fabrikam.com]", meet)
                    .replace("dialin: dialin.contoso.com", "dialin: " + dialin)))
        .extracting(Problem::toString)
        .isEmpty();
  }

  @Test
  void aSiteScopedMeetUrlServesItsDomain() {
    assertThat(
            Documents.problems(
                LYNC.replace(", meet.fabrikam.com]", "]")
                    .replace(
                        "[fe2.contoso.local]}", "[fe2.contoso.local], meet: [meet.fabrikam.com]}")))
        .extracting(Problem::toString)
        .isEmpty();
  }
}
