package io.portcullis.farm.verify;

import io.portcullis.farm.model.PublishingRule;
import java.net.InetAddress;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/// V1: every public name leads to the farm.
final class DnsChecks {
  private final Plan plan;
  private final Consumer<Finding> out;

  DnsChecks(Plan plan, Consumer<Finding> out) {
    this.plan = plan;
    this.out = out;
  }

  void run() {
    if (plan.addresses().isEmpty()) {
      out.accept(
          Finding.skipped("V1", "DNS", "public names", "give --address to compare records with"));
      return;
    }
    TreeSet<String> names = new TreeSet<>();
    plan.expanded().rules().stream()
        .map(PublishingRule::publicNames)
        .forEach(all -> all.stream().filter(name -> name.indexOf('*') < 0).forEach(names::add));
    names.forEach(this::one);
  }

  private void one(String name) {
    List<String> found =
        plan.names().resolve(name).stream().map(InetAddress::getHostAddress).toList();
    List<String> strangers =
        found.stream().filter(address -> !plan.addresses().contains(address)).toList();
    if (found.isEmpty()) {
      out.accept(
          Finding.failed("V1", "DNS", name, "", Diagnosis.DNS_MISSING, "there is no such name"));
    } else if (!strangers.isEmpty()) {
      out.accept(
          Finding.failed(
              "V1",
              "DNS",
              name,
              "",
              Diagnosis.DNS_ELSEWHERE,
              "leads to %s, not to %s"
                  .formatted(String.join(", ", strangers), String.join(", ", plan.addresses()))));
    } else {
      out.accept(Finding.ok("V1", "DNS", name, "", String.join(", ", found)));
    }
  }
}
