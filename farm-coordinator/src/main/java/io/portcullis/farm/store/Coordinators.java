package io.portcullis.farm.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The farm's coordinators, each with its place in the ZooKeeper ensemble.
///
/// @param lastNumber the highest that was ever given: numbers are not given twice while others are left, so that a machine which was
///     removed is not taken for its successor
public record Coordinators(List<Place> places, int lastNumber) {
  public static final Coordinators NONE = new Coordinators(List.of(), 0);

  /// ZooKeeper keeps a member's number in one byte.
  private static final int HIGHEST_NUMBER = 255;

  public Coordinators {
    places = places.stream().sorted(Comparator.comparingInt(Place::number)).toList();
  }

  /// @param number its id in the ensemble
  /// @param admin `host:port` of its admin API
  /// @param zookeeper `host:port` where clients find its ZooKeeper
  public record Place(String id, int number, String admin, String zookeeper) {}

  public Optional<Place> of(String id) {
    return places.stream().filter(place -> place.id().equals(id)).findFirst();
  }

  /// With that coordinator where it is now; it keeps its number.
  public Coordinators with(Place place) {
    List<Place> others = new ArrayList<>(without(place.id()).places());
    others.add(place);
    return new Coordinators(others, Math.max(lastNumber, place.number()));
  }

  public Coordinators without(String id) {
    return new Coordinators(
        places.stream().filter(place -> !place.id().equals(id)).toList(), lastNumber);
  }

  /// The number for one more.
  ///
  /// @throws IllegalStateException if there are as many as ZooKeeper can number
  public int freeNumber() {
    return IntStream.concat(
            IntStream.rangeClosed(lastNumber + 1, HIGHEST_NUMBER),
            IntStream.rangeClosed(1, HIGHEST_NUMBER))
        .filter(number -> places.stream().noneMatch(place -> place.number() == number))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the ensemble is full"));
  }

  /// Connect string of all of them.
  public String zookeeper() {
    return places.stream().map(Place::zookeeper).collect(Collectors.joining(","));
  }

  public List<String> admin() {
    return places.stream().map(Place::admin).toList();
  }
}
