package io.portcullis.farm.migrate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/// What of an IIS `applicationHost.config` concerns Application Request Routing: web farms and global rewrite rules.
record ArrConfig(List<WebFarm> farms, List<Rule> rules, List<Element> others) {

  ArrConfig {
    farms = List.copyOf(farms);
    rules = List.copyOf(rules);
    others = List.copyOf(others);
  }

  /// @param routing its `applicationRequestRouting`, an empty element if there is none
  record WebFarm(String name, boolean enabled, List<Server> servers, Element routing) {
    WebFarm {
      servers = List.copyOf(servers);
    }
  }

  record Server(String address, boolean enabled, int https, int http, int weight) {}

  /// @param wildcard patterns are with `*`, not regular expressions
  /// @param conditions of all of which each must hold, unless `any`
  record Rule(
      String name,
      boolean enabled,
      boolean wildcard,
      String match,
      boolean any,
      List<Condition> conditions,
      String action,
      String url,
      List<Element> extras) {
    Rule {
      conditions = List.copyOf(conditions);
      extras = List.copyOf(extras);
    }
  }

  record Condition(String input, String pattern, boolean negated) {}

  /// @throws IOException if it is no such file, with the line
  static ArrConfig read(byte[] xml) throws IOException {
    Element root = parse(xml).getDocumentElement();
    if (!root.getTagName().equals("configuration")) {
      throw new IOException(
          "it begins with <%s>, not <configuration>".formatted(root.getTagName()));
    }
    List<WebFarm> farms = new ArrayList<>();
    for (Element farm : below(root, "webFarm")) {
      farms.add(webFarm(farm));
    }
    List<Rule> rules = new ArrayList<>();
    List<Element> others = new ArrayList<>(below(root, "outboundRules"));
    for (Element global : below(root, "globalRules")) {
      for (Element rule : children(global, "rule")) {
        rules.add(rule(rule));
      }
    }
    for (Element local : below(root, "rules")) {
      if (local.getParentNode() instanceof Element parent
          && parent.getTagName().equals("rewrite")) {
        others.addAll(children(local, "rule"));
      }
    }
    return new ArrConfig(farms, rules, others);
  }

  /// Without document types, so that nothing outside the file is read or expanded.
  private static Document parse(byte[] xml) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder.parse(new ByteArrayInputStream(xml));
    } catch (SAXParseException e) {
      throw new IOException("line %d: %s".formatted(e.getLineNumber(), e.getMessage()), e);
    } catch (SAXException e) {
      throw new IOException("it is no XML: " + e.getMessage(), e);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("every JDK reads XML safely", e);
    }
  }

  private static WebFarm webFarm(Element farm) {
    List<Server> servers = new ArrayList<>();
    for (Element server : children(farm, "server")) {
      Element routing = child(server, "applicationRequestRouting");
      servers.add(
          new Server(
              server.getAttribute("address"),
              isOn(server, "enabled", true),
              number(routing, "httpsPort", 443),
              number(routing, "httpPort", 80),
              number(routing, "weight", 100)));
    }
    return new WebFarm(
        farm.getAttribute("name"),
        isOn(farm, "enabled", true),
        servers,
        child(farm, "applicationRequestRouting"));
  }

  private static Rule rule(Element rule) {
    Element conditions = child(rule, "conditions");
    List<Condition> asked = new ArrayList<>();
    for (Element one : children(conditions, "add")) {
      asked.add(
          new Condition(
              one.getAttribute("input"), one.getAttribute("pattern"), isOn(one, "negate", false)));
    }
    Element action = child(rule, "action");
    List<Element> extras = new ArrayList<>(children(rule, "serverVariables"));
    return new Rule(
        rule.getAttribute("name"),
        isOn(rule, "enabled", true),
        rule.getAttribute("patternSyntax").equalsIgnoreCase("Wildcard"),
        child(rule, "match").getAttribute("url"),
        conditions.getAttribute("logicalGrouping").equalsIgnoreCase("MatchAny"),
        asked,
        action.getAttribute("type"),
        action.getAttribute("url"),
        extras);
  }

  static boolean isOn(Element element, String attribute, boolean usual) {
    String value = element.getAttribute(attribute);
    return value.isEmpty() ? usual : value.equalsIgnoreCase("true");
  }

  private static int number(Element element, String attribute, int usual) {
    String value = element.getAttribute(attribute);
    return value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : usual;
  }

  /// An empty element of that name if there is none.
  static Element child(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? parent.getOwnerDocument().createElement(name) : found.getFirst();
  }

  static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    for (Element element : below(parent, name)) {
      if (element.getParentNode() == parent) {
        found.add(element);
      }
    }
    return found;
  }

  private static List<Element> below(Element parent, String name) {
    NodeList nodes = parent.getElementsByTagName(name);
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element element) {
        found.add(element);
      }
    }
    return found;
  }
}
