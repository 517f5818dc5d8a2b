package io.portcullis.perf.staging;

/// What a stand-in server is.
public enum ServerRole {
  FRONT_END("fe"),
  /// Answers first contact and simple URLs, has no mobility service, and sends users on to their pools.
  DIRECTOR("director"),
  OFFICE("office");

  private final String word;

  ServerRole(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  static ServerRole of(String word) {
    for (ServerRole role : values()) {
      if (role.word.equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "a server is fe, director or office, not \"" + word + "\": director:dir1=4443:8080");
  }
}
