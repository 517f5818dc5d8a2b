package io.portcullis.appliance;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// The properties of an OVF deployment as settings text. A property is called as the setting is; one that may be said more than once holds its
/// values separated by semicolons (DMTF DSP0243, section 11: the OVF environment file).
final class OvfEnvironment {

  private static final String NAMESPACE = "http://schemas.dmtf.org/ovf/environment/1";
  private static final List<String> MANY = List.of("route", "host", "ssh-key");

  private OvfEnvironment() {}

  sealed interface Outcome {
    record Text(String text) implements Outcome {}

    record Unreadable(String why) implements Outcome {}
  }

  static Outcome settings(String xml) {
    try {
      NodeList properties =
          builder()
              .parse(new InputSource(new StringReader(xml)))
              .getElementsByTagNameNS(NAMESPACE, "Property");
      StringBuilder text = new StringBuilder("#portcullis\n");
      for (int i = 0; i < properties.getLength(); i++) {
        if (properties.item(i) instanceof Element property) {
          append(
              text,
              property.getAttributeNS(NAMESPACE, "key"),
              property.getAttributeNS(NAMESPACE, "value"));
        }
      }
      return new Outcome.Text(text.toString());
    } catch (IOException | SAXException | ParserConfigurationException e) {
      return new Outcome.Unreadable(
          "the OVF properties cannot be read: " + e.getMessage() + "\n  -> deploy the OVA again");
    }
  }

  /// A property left empty in the form is a setting not made.
  private static void append(StringBuilder text, String key, String value) {
    for (String one : MANY.contains(key) ? value.split(";") : new String[] {value}) {
      String clean = one.replaceAll("\\s+", " ").strip();
      if (!clean.isEmpty()) {
        text.append(key).append(' ').append(clean).append('\n');
      }
    }
  }

  /// No document type, so no entities and nothing fetched.
  private static DocumentBuilder builder() throws ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newNSInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    DocumentBuilder builder = factory.newDocumentBuilder();
    builder.setErrorHandler(null);
    return builder;
  }
}
