package io.portcullis.farm.model;

/// How the elements of a configuration relate to the document they were read from.
///
/// A document with a broken element is still checked as far as it could be read: the elements left keep the paths the
/// operator sees, and a reference to something that was there but unreadable is no second problem.
public interface Origin {

  /// A configuration that is all there.
  Origin WHOLE = (kind, index) -> kind.section() + "[" + index + "]";

  /// Path of the `index`-th element of its kind.
  String path(Kind kind, int index);

  /// Whether an element of this name stood in the document but could not be read.
  default boolean unread(Kind kind, String name) {
    return false;
  }

  /// Whether the whole document could be read; if not, nothing can be called unused.
  default boolean complete() {
    return true;
  }

  enum Kind {
    LISTENER("listeners", "listener"),
    CERTIFICATE("certificates", "certificate"),
    POOL("pools", "pool"),
    RULE("rules", "rule"),
    VIRTUAL("virtualAddresses", "group of virtual addresses");

    private final String section;
    private final String word;

    Kind(String section, String word) {
      this.section = section;
      this.word = word;
    }

    public String section() {
      return section;
    }

    public String word() {
      return word;
    }
  }
}
