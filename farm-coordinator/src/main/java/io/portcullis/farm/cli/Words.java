package io.portcullis.farm.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The few words an argument may be, in lower case: to convert, to complete, and to say when another one was typed.
abstract class Words implements Iterable<String> {
  static final class Kinds extends Words {
    Kinds() {
      super(Get.Kind.values());
    }
  }

  static final class Roles extends Words {
    Roles() {
      super(TokenCreate.Role.values());
    }
  }

  static final class People extends Words {
    People() {
      super(OperatorAdd.Role.values());
    }
  }

  static final class Shells extends Words {
    Shells() {
      super(Completion.Shell.values());
    }
  }

  static final class Outputs extends Words {
    Outputs() {
      super(Operator.Output.values());
    }
  }

  private final List<String> words;

  private Words(Enum<?>[] values) {
    words = Arrays.stream(values).map(Words::word).toList();
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Iterator<String> iterator() {
    return words.iterator();
  }

  /// Takes the word, and its singular where it is a plural: `get node edge1` reads as well as `get nodes`.
  static <E extends Enum<E>> ITypeConverter<E> converter(Class<E> type) {
    E[] values = type.getEnumConstants();
    return text -> {
      for (E value : values) {
        if (word(value).equalsIgnoreCase(text) || word(value).equalsIgnoreCase(text + "s")) {
          return value;
        }
      }
      throw new TypeConversionException(
          "'"
              + text
              + "' is none of "
              + String.join(", ", Arrays.stream(values).map(Words::word).toList()));
    };
  }
}
