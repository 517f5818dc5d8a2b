package io.portcullis.perf.load;

import io.portcullis.farm.verify.SignIn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The models by the words they are asked for with.
final class Models {

  /// Of a hundred arrivals on a working morning. An assumption, written here to be seen, not measured in any organisation.
  private static final List<LyncModel> MORNING =
      Stream.of(
              share(LyncModel.SIGN_IN, 55),
              share(LyncModel.UCWA, 20),
              share(LyncModel.MEETING, 15),
              share(LyncModel.ADDRESS_BOOK, 5),
              share(LyncModel.DEVICE, 3),
              share(LyncModel.CONTENT, 2))
          .flatMap(List::stream)
          .toList();

  /// Prime to a hundred: neighbours in time are of different kinds, and every hundred holds each kind's exact share.
  private static final long STRIDE = 37;

  private static final String MIX = "mix";

  private Models() {}

  private static List<LyncModel> share(LyncModel model, int ofHundred) {
    return java.util.Collections.nCopies(ofHundred, model);
  }

  static List<String> words() {
    List<String> words = new ArrayList<>();
    for (Shape shape : Shape.values()) {
      words.add(shape.word());
    }
    for (LyncModel model : LyncModel.values()) {
      words.add(model.word());
    }
    words.add(MIX);
    return words;
  }

  /// @throws IllegalArgumentException naming the words there are
  static UserModel of(String word, Site site, @Nullable String path, @Nullable Long size) {
    return of(word, site, path, size, null);
  }

  /// @param who signs in, in the models that do
  static UserModel of(
      String word, Site site, @Nullable String path, @Nullable Long size, @Nullable SignIn who) {
    for (Shape shape : Shape.values()) {
      if (shape.word().equals(word)) {
        return shape.model(site, path, size);
      }
    }
    if (path != null || size != null) {
      throw new IllegalArgumentException("--path and --size are for plain shapes, not for " + word);
    }
    for (LyncModel model : LyncModel.values()) {
      if (model.word().equals(word)) {
        return model.model(site, who);
      }
    }
    if (word.equals(MIX)) {
      return LyncModel.ofJourneys(
          user -> MORNING.get((int) (user * STRIDE % MORNING.size())).begin(site, user, who));
    }
    throw new IllegalArgumentException(
        "--model is one of " + String.join(", ", words()) + ", not \"" + word + "\"");
  }
}
