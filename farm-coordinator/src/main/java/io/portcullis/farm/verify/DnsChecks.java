package io.portcullis.farm.verify;

import io.portcullis.farm.model.PublishingRule;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// V1: every public name leads to the farm, for the world outside and for the inside; what is for the inside is seen there only.
final class DnsChecks {
  private static final String OUTSIDE = "DNS";
  private static final String INSIDE = "DNS inside";

  private final Plan plan;
  private final Plan.Dns dns;
  private final Consumer<Finding> out;

  DnsChecks(Plan plan, Consumer<Finding> out) {
    this.plan = plan;
    this.dns = plan.dns();
    this.out = out;
  }

  void run() {
    if (dns.addresses().isEmpty()) {
      out.accept(
          Finding.skipped("V1", OUTSIDE, "public names", "give --address to compare records with"));
    } else {
      publicNames().forEach(name -> leads(OUTSIDE, dns.outside(), name, dns.addresses()));
      dns.aliases().keySet().stream()
          .filter(name -> !publicNames().contains(name))
          .sorted()
          .forEach(this::hidden);
    }
    Plan.Names inside = dns.inside();
    if (inside == null) {
      out.accept(
          Finding.skipped(
              "V1", INSIDE, "records of the inside", "give --dns-inside, a server of the inside"));
      return;
    }
    dns.aliases().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(alias -> same(inside, alias.getKey(), alias.getValue()));
    if (!dns.insideAddresses().isEmpty()) {
      publicNames().stream()
          .filter(name -> !dns.aliases().containsKey(name))
          .forEach(name -> leads(INSIDE, inside, name, dns.insideAddresses()));
    }
  }

  private Set<String> publicNames() {
    TreeSet<String> names = new TreeSet<>();
    plan.expanded().rules().stream()
        .map(PublishingRule::publicNames)
        .forEach(all -> all.stream().filter(name -> name.indexOf('*') < 0).forEach(names::add));
    return names;
  }

  private void leads(String place, Plan.Names names, String name, List<String> wanted) {
    try {
      List<String> found = addresses(names, name);
      List<String> strangers = found.stream().filter(address -> !wanted.contains(address)).toList();
      if (found.isEmpty()) {
        fail(place, name, Diagnosis.DNS_MISSING, "there is no such name");
      } else if (!strangers.isEmpty()) {
        fail(
            place,
            name,
            Diagnosis.DNS_ELSEWHERE,
            "leads to %s, not to %s"
                .formatted(String.join(", ", strangers), String.join(", ", wanted)));
      } else {
        out.accept(Finding.ok("V1", place, name, "", String.join(", ", found)));
      }
    } catch (IOException e) {
      fail(place, name, Diagnosis.DNS_SILENT, String.valueOf(e.getMessage()));
    }
  }

  /// A name of the inside that the world outside knows sends phones to addresses they cannot reach.
  private void hidden(String name) {
    try {
      List<String> found = addresses(dns.outside(), name);
      if (found.isEmpty()) {
        out.accept(Finding.ok("V1", OUTSIDE, name, "", "not known outside, as it should be"));
      } else {
        fail(OUTSIDE, name, Diagnosis.DNS_INSIDE_SHOWN, "leads to " + String.join(", ", found));
      }
    } catch (IOException e) {
      fail(OUTSIDE, name, Diagnosis.DNS_SILENT, String.valueOf(e.getMessage()));
    }
  }

  private void same(Plan.Names inside, String name, String alias) {
    try {
      List<String> found = addresses(inside, name);
      List<String> wanted = addresses(inside, alias);
      if (found.isEmpty()) {
        fail(INSIDE, name, Diagnosis.DNS_MISSING, "there is no such name");
      } else if (!wanted.containsAll(found)) {
        fail(
            INSIDE,
            name,
            Diagnosis.DNS_INSIDE_ELSEWHERE,
            "leads to %s, and %s to %s"
                .formatted(
                    String.join(", ", found),
                    alias,
                    wanted.isEmpty() ? "nothing" : String.join(", ", wanted)));
      } else {
        out.accept(Finding.ok("V1", INSIDE, name, "", String.join(", ", found)));
      }
    } catch (IOException e) {
      fail(INSIDE, name, Diagnosis.DNS_SILENT, String.valueOf(e.getMessage()));
    }
  }

  private static List<String> addresses(Plan.Names names, String name) throws IOException {
    return names.resolve(name).stream().map(InetAddress::getHostAddress).toList();
  }

  private void fail(String place, String name, Diagnosis what, String detail) {
    out.accept(Finding.failed("V1", place, name, "", what, detail));
  }
}
