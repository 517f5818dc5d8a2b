package io.portcullis.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Who may import whom. The table is the house's plan: change the code and this table together, and keep it free of cycles.
class ImportTableTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.portcullis.farm", "io.portcullis.proxy");

  /// Package to the packages of ours that it may import; a package that is not listed may not exist.
  private static final Map<String, Set<String>> MAY_IMPORT = new LinkedHashMap<>();

  static {
    // The turnstile stands before anything else of a connection.
    row(
        "proxy.listener",
        "proxy.limit proxy.tls proxy.secure proxy.h2 proxy.http proxy.snapshot proxy.message");
    row("proxy.h2", "proxy.http proxy.relay proxy.message");
    row("proxy.tls", "proxy.secure proxy.snapshot proxy.message farm.call");
    row("proxy.http", "proxy.exchange proxy.relay proxy.message");
    row(
        "proxy.exchange",
        "proxy.snapshot proxy.limit proxy.rule proxy.persistence proxy.balance proxy.upstream proxy.relay"
            + " proxy.observe proxy.secure proxy.member proxy.message");
    row("proxy.upstream", "proxy.secure proxy.relay proxy.member proxy.message");
    // The handshake and the records of any connection; which certificate and which trust is
    // not asked here.
    row("proxy.secure", "proxy.relay proxy.message");
    row("proxy.relay", "proxy.message");
    row("proxy.observe", "proxy.secure proxy.message");
    row(
        "proxy.snapshot",
        "proxy.limit proxy.rule proxy.persistence proxy.balance proxy.member proxy.message"
            + " farm.binding farm.model");
    row(
        "proxy.explain",
        "proxy.snapshot proxy.rule proxy.balance proxy.persistence proxy.member proxy.message");
    // farm.identity: makes the stand-in for a certificate that is not issued yet.
    row("proxy.config", "proxy.snapshot farm.store farm.codec farm.identity farm.model");
    // Values only, so that listener, exchange and snapshot can share them: a source and its
    // numbers.
    row("proxy.limit", "proxy.persistence");
    row("proxy.rule", "proxy.member proxy.message");
    row("proxy.balance", "proxy.member");
    row("proxy.persistence", "proxy.member proxy.message farm.store farm.binding farm.model");
    row("proxy.health", "proxy.member proxy.message farm.model");
    row("proxy.message", "");
    row("proxy.member", "proxy.message farm.binding");
    // farm.identity: keys for public certificates are made, and kept 0600, where the operator sits.
    row(
        "farm.cli",
        "farm.api.wire farm.api.client farm.codec farm.model farm.lync farm.verify farm.migrate farm.identity");
    row("farm.verify", "farm.call farm.model");
    // Text in, text out: what it writes is read by the codec, as if somebody had typed it.
    row("farm.migrate", "");
    row("farm.api.client", "farm.api.wire farm.call farm.identity");
    row("farm.api.wire", "farm.model");
    row(
        "farm.api",
        "farm.api.wire farm.rollout farm.membership farm.identity farm.lync farm.store"
            + " farm.binding farm.codec farm.model");
    row("farm.rollout", "farm.api.wire farm.store farm.codec farm.model");
    row(
        "farm.membership",
        "farm.api.wire farm.call farm.identity farm.store farm.codec farm.model");
    // farm.api.wire: what nodes report, which a chore may have to wait for.
    row("farm.leader", "farm.acme farm.api.wire farm.store farm.binding farm.codec farm.model");
    // A client of strangers: it knows what is asked for, and nothing of the farm.
    row("farm.acme", "farm.call farm.codec farm.model");
    // The bindings' state machine is the JDK's only, so that a simulation can drive it; whoever has
    // a log may.
    row("farm.binding", "");
    row("farm.identity", "");
    row("farm.store", "farm.binding farm.call farm.identity farm.codec farm.model");
    row("farm.server", "farm.identity farm.model");
    row("farm.lync", "farm.model");
    row("farm.codec", "farm.model");
    row("farm.call", "");
    row("farm.model", "");
  }

  private static void row(String name, String imports) {
    MAY_IMPORT.put(
        "io.portcullis." + name,
        Arrays.stream(imports.split(" "))
            .filter(word -> !word.isEmpty())
            .map(word -> "io.portcullis." + word)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @TestFactory
  Iterable<DynamicTest> everyPackageImportsOnlyItsRow() {
    return MAY_IMPORT.keySet().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> importsOnlyItsRow(name)))
        .toList();
  }

  private static void importsOnlyItsRow(String name) {
    Set<String> allowed = MAY_IMPORT.get(name);
    Set<String> strangers = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (!type.getPackageName().equals(name)) {
        continue;
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        if (target.startsWith("io.portcullis.")
            && !target.equals(name)
            && !(allowed != null && allowed.contains(target))) {
          strangers.add(type.getSimpleName() + " -> " + dependency.getTargetClass().getName());
        }
      }
    }
    assertThat(strangers).as("imports of %s outside its row", name).isEmpty();
  }

  @Test
  void everyPackageHasARow() {
    Set<String> packages =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(
                name -> !name.equals("io.portcullis.farm") && !name.equals("io.portcullis.proxy"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(MAY_IMPORT.keySet()).containsAll(packages);
  }

  @Test
  void theTableHasNoCycles() {
    slices()
        .matching("io.portcullis.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(isMain(), DescribedPredicate.alwaysTrue())
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> isMain() {
    return new DescribedPredicate<>("a main") {
      @Override
      public boolean test(JavaClass type) {
        return type.getPackageName().equals("io.portcullis.farm")
            || type.getPackageName().equals("io.portcullis.proxy");
      }
    };
  }

  @Test
  void modelKnowsTheJdkOnly() {
    classes()
        .that(resideInAPackage("io.portcullis.farm.model"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "io.portcullis.farm.model", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void onlyTheStoreImportsCurator() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.portcullis.farm.store")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.curator..")
        .because("ZooKeeper's shape is known in one room")
        .check(CLASSES);
  }

  @Test
  void onlyStoreAndServerImportZooKeeper() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.portcullis.farm.store", "io.portcullis.farm.server")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.zookeeper..")
        .check(CLASSES);
  }

  @Test
  void eventLoopPackagesNeitherLockNorUseFutures() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.portcullis.proxy.h2",
            "io.portcullis.proxy.http",
            "io.portcullis.proxy.exchange",
            "io.portcullis.proxy.relay",
            "io.portcullis.proxy.upstream",
            "io.portcullis.proxy.message",
            "io.portcullis.proxy.rule",
            "io.portcullis.proxy.balance")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.CompletableFuture")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.util.concurrent.locks")
        .because("an event loop never waits")
        .check(CLASSES);
  }

  /// The time limit of its request ends with the head of the answer.
  @Test
  void onlyOneBoundsAWholeAnswerAndUsesJavasHttpClient() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.portcullis.farm.call")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "a request is sent",
                call ->
                    call.getTargetOwner().isEquivalentTo(HttpClient.class)
                        && call.getName().startsWith("send")))
        .check(CLASSES);
  }

  @Test
  void onlyMainsExit() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.portcullis.farm", "io.portcullis.proxy")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }
}
