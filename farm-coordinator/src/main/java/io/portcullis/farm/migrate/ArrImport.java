package io.portcullis.farm.migrate;

import io.portcullis.farm.migrate.ArrConfig.Condition;
import io.portcullis.farm.migrate.ArrConfig.Rule;
import io.portcullis.farm.migrate.ArrConfig.Server;
import io.portcullis.farm.migrate.ArrConfig.WebFarm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.w3c.dom.Element;

/// An ARR server as a farm document: web farms become pools, global rules become rules, and what has no counterpart is said.
public final class ArrImport {
  private static final Pattern TARGET = Pattern.compile("(https?)://([^/{}]+)(/?)(.*)");
  private static final Pattern LITERAL =
      Pattern.compile("[0-9.]+|\\[?[0-9a-fA-F]*:[0-9a-fA-F:.]+\\]?");
  private static final Pattern HEALTH_URL = Pattern.compile("https?://[^/]+(/[^?#\\s]*)?.*");
  private static final List<String> WHOLE = List.of("{R:0}", "{R:1}", "{REQUEST_URI}", "{URL}", "");
  private static final int MOST_WEIGHT = 1000;

  private final Set<String> left = new LinkedHashSet<>();
  private final Map<String, WebFarm> farms = new LinkedHashMap<>();
  private final List<String> rules = new ArrayList<>();
  private final Set<String> names = new LinkedHashSet<>();
  private final Set<String> used = new LinkedHashSet<>();
  private boolean clear;

  private ArrImport() {}

  /// @param document YAML, with what was left behind as comments at its head
  /// @param left what was not carried, a sentence each
  public record Result(String document, List<String> left) {
    public Result {
      left = List.copyOf(left);
    }
  }

  /// @param farm name of the farm in the document
  /// @throws IOException if it is no applicationHost.config
  public static Result read(byte[] applicationHost, String farm) throws IOException {
    ArrConfig config = ArrConfig.read(applicationHost);
    if (config.farms().isEmpty()) {
      throw new IOException("there is no <webFarm> in it: ARR forwards nothing on that server");
    }
    ArrImport run = new ArrImport();
    config.farms().forEach(one -> run.farms.put(one.name().toLowerCase(Locale.ROOT), one));
    config.rules().forEach(run::rule);
    config.others().forEach(run::other);
    return run.result(farm);
  }

  private void rule(Rule rule) {
    String called = "rule \"%s\"".formatted(rule.name());
    if (!rule.enabled()) {
      left.add(called + ": it was disabled");
      return;
    }
    String path = ArrPatterns.path(rule.match());
    if (path == null) {
      left.add(
          called + ": \"" + rule.match() + "\" is more than a path prefix; write paths: by hand");
      return;
    }
    Set<String> hosts = new LinkedHashSet<>();
    String https = "";
    for (Condition condition : rule.conditions()) {
      List<String> named =
          condition.input().equalsIgnoreCase("{HTTP_HOST}") && !condition.negated()
              ? ArrPatterns.hosts(condition.pattern(), rule.wildcard())
              : null;
      if (named != null) {
        hosts.addAll(named);
      } else if (condition.input().equalsIgnoreCase("{HTTPS}")) {
        boolean on = condition.pattern().toLowerCase(Locale.ROOT).contains("on");
        https = on == condition.negated() ? "off" : "on";
      } else {
        left.add(
            "%s: the condition %s%s \"%s\" has no counterpart, and the rule was left out"
                .formatted(
                    called,
                    condition.input(),
                    condition.negated() ? " is not" : "",
                    condition.pattern()));
        return;
      }
    }
    if (hosts.isEmpty()) {
      left.add(called + ": it names no host; every rule here has publicNames");
      return;
    }
    if (hosts.size() > 1 && !rule.any() && rule.conditions().size() > 1 && several(rule)) {
      left.add(
          called + ": one request cannot have several hosts (MatchAll); all of them are published");
    }
    rule.extras().forEach(_ -> left.add(called + ": server variables are not set here"));
    act(rule, called, List.copyOf(hosts), path, https);
  }

  private static boolean several(Rule rule) {
    return rule.conditions().stream()
            .filter(condition -> condition.input().equalsIgnoreCase("{HTTP_HOST}"))
            .count()
        > 1;
  }

  private void act(Rule rule, String called, List<String> hosts, String path, String https) {
    Matcher target = TARGET.matcher(rule.url());
    switch (rule.action().toLowerCase(Locale.ROOT)) {
      case "rewrite" -> {
        WebFarm farm =
            target.matches() ? farms.get(target.group(2).toLowerCase(Locale.ROOT)) : null;
        if (farm == null) {
          left.add("%s: \"%s\" leads to no web farm".formatted(called, rule.url()));
          return;
        }
        if (!WHOLE.contains(target.group(4))) {
          left.add(
              "%s: it rewrites the path to \"%s\"; paths are never rewritten here, and the rule was left out"
                  .formatted(called, target.group(4)));
          return;
        }
        boolean overTls = target.group(1).equalsIgnoreCase("https");
        if (!https.equals("off")) {
          publish(rule, "https", hosts, path, "pool: " + poolName(farm));
          if (!overTls) {
            left.add(called + ": it went on in clear (SSL offloading); here it is encrypted again");
          }
        }
        if (https.equals("off") || https.isEmpty() && !overTls) {
          publish(rule, "http", hosts, path, "pool: " + poolName(farm));
        }
        used.add(farm.name());
      }
      case "redirect" -> {
        if (rule.url().toLowerCase(Locale.ROOT).startsWith("https://{http_host}")) {
          publish(rule, "http", hosts, path, "redirect: https");
        } else {
          left.add("%s: a redirect to \"%s\" is not carried".formatted(called, rule.url()));
        }
      }
      default -> left.add("%s: action %s has no counterpart".formatted(called, rule.action()));
    }
  }

  private void publish(Rule rule, String listener, List<String> hosts, String path, String action) {
    clear |= listener.equals("http");
    rules.add(
        "  - {name: %s, listener: %s, publicNames: [%s]%s, %s}\n"
            .formatted(
                unique(rule.name()),
                listener,
                String.join(", ", hosts.stream().map(ArrImport::quoted).toList()),
                path.equals("/") ? "" : ", paths: [" + quoted(path) + "]",
                action));
  }

  private static String quoted(String text) {
    return "\"" + oneLine(text).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private String unique(String name) {
    String base = element(name);
    String chosen = base;
    for (int i = 2; !names.add(chosen); i++) {
      chosen = base + "-" + i;
    }
    return quoted(chosen);
  }

  /// As names of elements may be written here.
  private static String element(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[^A-Za-z0-9]+", "");
    String some = safe.isEmpty() ? "unnamed" : safe;
    return some.length() > 55 ? some.substring(0, 55) : some;
  }

  private static String poolName(WebFarm farm) {
    return quoted(element(farm.name()));
  }

  private void other(Element element) {
    left.add(
        element.getTagName().equals("outboundRules")
            ? "outbound rules: answers are never rewritten here"
            : "rule \"%s\" of a site: only rules of the whole server were read"
                .formatted(element.getAttribute("name")));
  }

  private Result result(String farm) {
    StringBuilder pools = new StringBuilder();
    farms
        .values()
        .forEach(one -> {
          if (used.contains(one.name())) {
            pools.append(pool(one));
          } else {
            left.add("web farm \"%s\": no rule that was carried leads to it".formatted(one.name()));
          }
        });
    left.add(
        "certificates: IIS keeps them elsewhere; export them, or order one with farmctl certificate request");
    left.add("trust: put the roots that issued the servers' certificates into pool-root.pem");
    if (farms.values().stream()
        .flatMap(f -> f.servers().stream())
        .anyMatch(s -> s.https() == 4443)) {
      left.add(
          "4443 is Lync's external web site: a lync: section says the same in fewer words, and farmctl verify knows it");
    }
    StringBuilder text =
        new StringBuilder("# Made from an ARR applicationHost.config. Not carried:\n");
    left.forEach(sentence -> text.append("#   ").append(oneLine(sentence)).append('\n'));
    text.append("farm: ").append(quoted(farm)).append("\nlisteners:\n");
    text.append("  - {name: https, bind: \"0.0.0.0:443\", tls: {certificates: [public]}}\n");
    if (clear) {
      text.append("  - {name: http, bind: \"0.0.0.0:80\"}\n");
    }
    text.append("certificates:\n  - {name: public, chainFile: public.pem, keyFile: public.key}\n");
    text.append("pools:\n").append(pools).append("rules:\n");
    rules.forEach(text::append);
    return new Result(text.toString(), List.copyOf(left));
  }

  /// No text of the file may end a comment.
  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private String pool(WebFarm farm) {
    String called = "web farm \"%s\"".formatted(farm.name());
    if (!farm.enabled()) {
      left.add(called + ": it was disabled");
    }
    List<Server> servers = new ArrayList<>();
    for (Server server : farm.servers()) {
      if (server.enabled()) {
        servers.add(server);
      } else {
        left.add("%s: server %s was disabled".formatted(called, server.address()));
      }
    }
    boolean weighed = servers.stream().map(Server::weight).distinct().count() > 1;
    String members =
        String.join(", ", servers.stream().map(server -> member(farm, server, weighed)).toList());
    String name =
        servers.stream().anyMatch(server -> LITERAL.matcher(server.address()).matches())
            ? "serverName: " + quoted(farm.name().toLowerCase(Locale.ROOT)) + ", "
            : "";
    return "  - name: %s\n    members: [%s]\n    tls: {%strustFile: pool-root.pem}\n%s"
        .formatted(poolName(farm), members, name, routing(called, farm.routing()));
  }

  private static String member(WebFarm farm, Server server, boolean weighed) {
    boolean literal = LITERAL.matcher(server.address()).matches();
    String address = server.address().replace("[", "").replace("]", "");
    String host =
        literal
            ? "server-" + address.replaceAll("[^0-9a-fA-F]+", "-") + "." + farm.name()
            : server.address();
    return "{host: %s%s, bridging: {https: %d, http: %d}%s}"
        .formatted(
            quoted(host.toLowerCase(Locale.ROOT)),
            literal ? ", address: " + quoted(address) : "",
            server.https(),
            server.http(),
            weighed ? ", weight: " + Math.clamp(server.weight(), 1, MOST_WEIGHT) : "");
  }

  private String routing(String called, Element routing) {
    Element protocol = ArrConfig.child(routing, "protocol");
    String timeout = protocol.getAttribute("timeout");
    if (!timeout.isEmpty()) {
      left.add(
          "%s: proxy time-out %s; here 1860 s for the head of an answer"
              .formatted(called, timeout));
    }
    if (ArrConfig.isOn(ArrConfig.child(protocol, "cache"), "enabled", false)) {
      left.add(called + ": the disk cache; nothing is cached here");
    }
    if (ArrConfig.isOn(protocol, "reverseRewriteHostInResponseHeaders", false)) {
      left.add(called + ": hosts in answers are not rewritten; Host arrives as it was sent");
    }
    if (ArrConfig.isOn(ArrConfig.child(routing, "affinity"), "useCookie", false)) {
      left.add(called + ": affinity by cookie; here a source stays on its member");
    }
    String algorithm = ArrConfig.child(routing, "loadBalancing").getAttribute("algorithm");
    if (!algorithm.isEmpty()) {
      left.add("%s: algorithm %s; here a source stays on its member".formatted(called, algorithm));
    }
    Matcher health =
        HEALTH_URL.matcher(ArrConfig.child(routing, "healthCheck").getAttribute("url"));
    if (!health.matches()) {
      return "";
    }
    String path = health.group(1) == null ? "/" : health.group(1);
    return path.matches("[A-Za-z0-9._~/%-]+")
        ? "    health: {get: %s}\n".formatted(quoted(path))
        : "";
  }
}
