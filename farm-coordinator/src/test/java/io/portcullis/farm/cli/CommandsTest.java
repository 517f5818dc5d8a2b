package io.portcullis.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the command line says before any farm is asked.
class CommandsTest {
  @TempDir private Path directory;
  private Sitting sitting;

  @BeforeEach
  void sit() {
    sitting =
        new Sitting(
            directory,
            (token, state, operator, name) -> {
              if (token.equals("boom")) {
                throw new IllegalStateException("kaboom");
              }
              if (token.equals("used")) {
                throw new AdminException(AdminException.Reason.REFUSED, "used", "make another");
              }
              return token.equals("person")
                  ? new Joining.Joined("edge", "jane", "operator", operator)
                  : new Joining.Joined("edge", "edge1", "node", state.resolve("identity.pem"));
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          aply farm.yaml          | has no command aply           | did you mean apply?
          apply                   | FILE                          | farmctl apply --help
          apply f --dryrun        | has no option --dryrun        | did you mean --dry-run?
          apply f --timeout soon  | 'soon' is not a time          | farmctl apply --help
          get pols                | 'pols' is none of             | farmctl get --help
          token                   | what? create                  | farmctl token --help
          history extra           | 'extra' is not a long         | farmctl history --help
          confirm extra           | takes no further argument     | farmctl confirm --help
          status --output xml     | 'xml' is none of table, json  | farmctl status --help
          rollback x              | 'x' is not a long             | farmctl rollback --help
          lync rules              | --file                        | farmctl lync rules --help
          help nonsense           | has no command nonsense       | farmctl --help
          """)
  void wrongUsageSaysWhatIsWrongAndWhereToRead(String line, String message, String hint) {
    assertThat(sitting.type(line.split(" "))).isEqualTo(2);
    assertThat(sitting.err()).contains(message, hint).doesNotContain("Exception", "\tat ");
    assertThat(sitting.out()).isEmpty();
  }

  @Test
  void helpFitsTheScreenAndNamesEveryCommand() {
    assertThat(sitting.type("help")).isZero();
    String overview = sitting.out();
    assertThat(overview)
        .contains(
            "demo",
            "test",
            "coordinator run",
            "node run",
            "staging run",
            "token create",
            "join",
            "apply",
            "diff",
            "lync rules",
            "history",
            "rollback",
            "status",
            "get KIND",
            "bindings",
            "member drain",
            "node drain",
            "verify",
            "explain",
            "perf load",
            "support-bundle",
            "upgrade",
            "completion",
            "version",
            "Exit codes");
    assertThat(overview.lines()).allMatch(line -> line.length() <= 80);
    assertThat(sitting.type()).isZero();
    assertThat(sitting.out()).isEqualTo(overview);
    assertThat(sitting.type("help", "token", "create")).isZero();
    assertThat(sitting.out()).contains("--role", "--valid");
    assertThat(sitting.type("help", "node", "run")).isZero();
    assertThat(sitting.out()).contains("node run --state");
  }

  @Test
  void everyCommandExplainsItself() {
    for (String word :
        "token join apply diff status get history rollback node lync completion version help"
            .split(" ")) {
      assertThat(sitting.type(word, "--help")).as(word).isZero();
      assertThat(sitting.out()).contains("Usage: farmctl " + word);
    }
  }

  @Test
  void completionIsAScriptThatKnowsTheWords() {
    assertThat(sitting.type("completion", "bash")).isZero();
    assertThat(sitting.out()).startsWith("#!").contains("rollback", "--dry-run", "certificates");
    assertThat(sitting.type("completion", "zsh")).isZero();
    assertThat(sitting.out()).contains("bashcompinit");
  }

  @Test
  void joiningSaysWhatToTypeNext() {
    assertThat(sitting.type("join", "machine", "--state", "n1")).isZero();
    assertThat(sitting.out())
        .contains(
            "joined farm=edge as node edge1",
            "farmctl node run --state " + directory.resolve("n1"));
    assertThat(sitting.type("join", "person")).isZero();
    assertThat(sitting.out())
        .contains("as operator jane", "farmctl status --identity " + directory.resolve(".config"));
    assertThat(sitting.type("join", "used")).isEqualTo(1);
    assertThat(sitting.err()).contains("farmctl: used", "-> make another");
  }

  @Test
  void aFaultOfOursIsOneLineUnlessAskedFor() {
    assertThat(sitting.type("join", "boom")).isEqualTo(1);
    assertThat(sitting.err()).contains("kaboom", "PORTCULLIS_DEBUG=1").doesNotContain("\tat ");
    assertThat(sitting.with("PORTCULLIS_DEBUG", "1").type("join", "boom")).isEqualTo(1);
    assertThat(sitting.err()).contains("\tat ");
  }

  @Test
  void theIdentityIsLookedForWhereJoinPutsIt() {
    assertThat(sitting.type("status")).isEqualTo(2);
    assertThat(sitting.err())
        .contains(directory.resolve(".config/portcullis/identity.pem").toString());
    sitting.with("PORTCULLIS_IDENTITY", "elsewhere.pem");
    assertThat(sitting.type("status")).isEqualTo(2);
    assertThat(sitting.err()).contains(directory.resolve("elsewhere.pem").toString());
    assertThat(sitting.type("status", "--identity", "here.pem")).isEqualTo(2);
    assertThat(sitting.err()).contains(directory.resolve("here.pem").toString());
  }

  @Test
  void filesAreReadRelativeToTheDocument() throws Exception {
    Path sub = Files.createDirectory(directory.resolve("sub"));
    Files.writeString(sub.resolve("a.pem"), "A");
    Files.write(sub.resolve("binary"), new byte[] {(byte) 0xff, 0});
    Path document = sub.resolve("farm.yaml");
    Files.writeString(
        document,
        """
        certificates: [{chainFile: a.pem, keyFile: missing.key}]
        pools: [{tls: {trustFile: binary}}, {tls: {trustFile: .}}]
        """);
    DocumentFiles files = DocumentFiles.read(document);
    assertThat(files.contents()).containsOnlyKeys("a.pem").containsEntry("a.pem", "A");
    assertThat(files.problems())
        .extracting(p -> p.path() + " " + p.message())
        .containsExactly(
            "certificates[0].keyFile missing.key cannot be read: there is no such file",
            "pools[0].tls.trustFile binary cannot be read: it is not UTF-8 text",
            "pools[1].tls.trustFile . cannot be read: it is a directory");
  }

  @Test
  void aDocumentThatIsNoneOrEndlessIsRefusedBeforeAnythingIsSent() throws Exception {
    Path endless = directory.resolve("endless.yaml");
    Files.write(endless, new byte[DocumentFiles.MAX_DOCUMENT_BYTES + 1]);
    assertThat(sitting.type("lync", "rules", "--file", "endless.yaml")).isEqualTo(2);
    assertThat(sitting.err()).contains("larger than 1024 KB");
    assertThat(sitting.type("lync", "rules", "--file", "nowhere.yaml")).isEqualTo(2);
    assertThat(sitting.err()).contains("there is no such file");
  }
}
