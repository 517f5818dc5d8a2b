package io.portcullis.farm.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is in the answers that checks read.
final class Contents {
  private static final Pattern LINK =
      Pattern.compile("href\"?\\s*[:=]\\s*\"(https?)://([^/\"]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern SOURCE = Pattern.compile("urlsrc=\"https?://([^/\"]+)");
  private static final Pattern LOCATION =
      Pattern.compile("AccessLocation\"?\\s*[:=]\\s*\"(\\w+)\"", Pattern.CASE_INSENSITIVE);
  private static final int SHOWN = 60;

  private Contents() {}

  /// A discovery root asked without Accept, or that of Office Web Apps; null if it is as it should be.
  static @Nullable Diagnosis wrongRoot(Reply reply, boolean office) {
    if (reply.fromNode()) {
      return reply.status() == 404 ? Diagnosis.NOT_PUBLISHED : Diagnosis.GATEWAY;
    }
    return switch (reply.status()) {
      case 200 -> {
        if (office) {
          yield reply.body().contains("wopi-discovery") ? null : Diagnosis.UNEXPECTED;
        }
        if (isInternal(reply)) {
          yield Diagnosis.INTERNAL_SITE;
        }
        yield null;
      }
      case 404 -> Diagnosis.WRONG_SITE;
      case 503 -> Diagnosis.POOL_BUSY;
      default -> Diagnosis.UNEXPECTED;
    };
  }

  static boolean isInternal(Reply reply) {
    Matcher location = LOCATION.matcher(reply.body());
    return location.find() && location.group(1).equalsIgnoreCase("Internal");
  }

  /// Hosts that a discovery document links to; `http:` before one that is not https.
  static List<String> linkedHosts(Reply reply) {
    List<String> hosts = new ArrayList<>();
    Matcher link = LINK.matcher(reply.body());
    while (link.find()) {
      String host = host(link.group(2));
      hosts.add(link.group(1).equalsIgnoreCase("https") ? host : "http:" + host);
    }
    return hosts;
  }

  static List<String> officeHosts(Reply reply) {
    List<String> hosts = new ArrayList<>();
    Matcher source = SOURCE.matcher(reply.body());
    while (source.find()) {
      hosts.add(host(source.group(1)));
    }
    return hosts;
  }

  /// Of `https://host:port/...`; empty if it is no URL.
  static String hostOf(String url) {
    int scheme = url.indexOf("://");
    int slash = url.indexOf('/', scheme + 3);
    return scheme < 0 ? "" : host(url.substring(scheme + 3, slash < 0 ? url.length() : slash));
  }

  private static String host(String authority) {
    int colon = authority.indexOf(':');
    return (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase(Locale.ROOT);
  }

  /// Status and what came with it, in a line.
  static String summary(Reply reply) {
    String location = reply.first("Location");
    String body = reply.body().lines().findFirst().orElse("");
    if (reply.fromNode()) {
      body = reply.body().lines().skip(1).findFirst().orElse("") + " (said by the node)";
    }
    String said = location == null ? body : "to " + location;
    return reply.status()
        + (said.isEmpty() ? "" : " ")
        + (said.length() > SHOWN ? said.substring(0, SHOWN) + "..." : said);
  }
}
