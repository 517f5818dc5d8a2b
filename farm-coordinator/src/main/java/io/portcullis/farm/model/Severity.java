package io.portcullis.farm.model;

/// How much a problem weighs: an error refuses the document, a warning is shown and the document goes on.
public enum Severity {
  ERROR,
  WARNING
}
