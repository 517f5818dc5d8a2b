package io.portcullis.farm;

import static io.portcullis.farm.Bench.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.binding.Source;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BindingsCommandTest {

  @TempDir Path directory;

  @Test
  void bindingsAreListedFilteredExportedAndDeleted() throws Exception {
    try (Bench bench = Bench.start(directory);
        AdminClient client = bench.operator();
        FarmStore node = FarmStore.connect(bench.homeOf(Role.NODE, "node-a"));
        BindingLog log =
            node.bindings(
                new BindingReplica(new SecureRandom()::nextLong), BindingLog.Intake.NOTHING)) {
      Wire.ApplyResponse applied =
          client.apply(
              new Wire.ApplyRequest(
                  Bench.document(1), bench.files("webext01.contoso.com"), null, ""),
              false);
      assertThat(applied.accepted()).isTrue();
      Sitting operator =
          new Sitting(Files.createDirectory(directory.resolve("home")), FarmCtl::join)
              .with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
      long pool = Identity.of("pool01");
      for (String address : List.of("192.0.2.7", "2001:db8::9")) {
        Source source = Source.of(InetAddress.ofLiteral(address), 32, 64);
        long member = Identity.of(address.contains(":") ? "gone" : "fe1.contoso.local");
        boolean _ =
            log.ask(mine -> mine.propose(BindingOp.bind(pool, source.high(), source.low(), member)))
                .get();
      }
      eventually(() -> operator.type("bindings") == 0 && operator.out().contains("2001:db8"));
      assertThat(operator.out())
          .contains("192.0.2.7", "pool01", "fe1.contoso.local", "2001:db8:0:0:0:0:0:0", "#");
      assertThat(operator.type("bindings", "--source", "192.0.2.7")).isZero();
      assertThat(operator.out()).contains("192.0.2.7").doesNotContain("2001:db8");
      assertThat(operator.type("bindings", "--member", "fe9.contoso.local")).isZero();
      assertThat(operator.out()).contains("no binding matches; the farm has 2");
      assertThat(operator.type("bindings", "export")).isZero();
      assertThat(operator.out()).contains("192.0.2.7\tpool01\tfe1.contoso.local\t");
      assertThat(operator.type("bindings", "--source", "fe1")).isEqualTo(1);
      assertThat(operator.err()).contains("no IP address");
      assertThat(operator.type("bindings", "delete")).isEqualTo(1);
      assertThat(operator.err()).contains("needs a source or a member");
      assertThat(operator.type("bindings", "delete", "--source", "192.0.2.7")).isZero();
      assertThat(operator.out()).contains("1 bindings deleted");
      eventually(() ->
          operator.type("bindings", "--source", "192.0.2.7") == 0
              && operator.out().contains("no binding matches"));
    }
  }
}
