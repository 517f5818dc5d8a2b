package io.portcullis.appliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The network cards of this machine, in the order of their slots.
record Cards(List<Card> all) {

  record Card(String name, String mac) {}

  Cards {
    all = List.copyOf(all);
  }

  /// Cards as Linux shows them (`/sys/class/net`); what has no device behind it (loopback, bonds) is none. A slot's number is part of a
  /// predictable name, so shorter names come first: `ens33` before `ens160`.
  static Cards read(Path sysClassNet) throws IOException {
    try (Stream<Path> entries = Files.list(sysClassNet)) {
      return new Cards(
          entries
              .filter(entry -> Files.exists(entry.resolve("device"), LinkOption.NOFOLLOW_LINKS))
              .map(entry -> new Card(entry.getFileName().toString(), mac(entry)))
              .sorted(
                  Comparator.comparing((Card card) -> card.name().length())
                      .thenComparing(Card::name))
              .toList());
    }
  }

  private static String mac(Path entry) {
    try {
      return Files.readString(entry.resolve("address")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /// The card that is meant: by its name or MAC, else by its place.
  Optional<Card> pick(@Nullable String wish, int place) {
    if (wish != null) {
      return all.stream()
          .filter(card -> card.name().equals(wish) || card.mac().equals(wish))
          .findFirst();
    }
    return place < all.size() ? Optional.of(all.get(place)) : Optional.empty();
  }

  String listed() {
    return all.isEmpty()
        ? "none"
        : String.join(
            ", ", all.stream().map(card -> card.name() + " (" + card.mac() + ")").toList());
  }
}
