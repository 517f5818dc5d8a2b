package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.store.Drains;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Nodes;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Takes members and nodes out of service, and back in. Nodes follow what is written here; nobody else decides.
final class DrainDesk {
  /// A drain that is meant to last longer is a change of the document.
  private static final long LONGEST_SECONDS = 30L * 24 * 3600;

  private final FarmStore store;
  private final InstantSource clock;

  DrainDesk(FarmStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  Wire.DrainResponse drain(Wire.DrainRequest request, String by) throws Refusal, StoreException {
    Drains.Kind kind = kind(request.kind());
    if (request.forSeconds() < 0 || request.forSeconds() > LONGEST_SECONDS) {
      throw new Refusal(
          400,
          "a drain of %d seconds is not possible".formatted(request.forSeconds()),
          "give up to 30d, or leave the time out and resume by hand");
    }
    String name = kind == Drains.Kind.MEMBER ? member(request.name()) : node(request.name());
    Instant now = clock.instant();
    long until = request.forSeconds() == 0 ? 0 : now.toEpochMilli() + 1000 * request.forSeconds();
    Drains after =
        store
            .drains()
            .update(before -> {
              Drains.Drain running = before.at(now).of(kind).get(name);
              // Said twice, it has been draining since the first time.
              long since = running == null ? now.toEpochMilli() : running.sinceMillis();
              return before.at(now).with(kind, name, new Drains.Drain(by, since, until));
            });
    store.audit().append(now, by, "drained %s %s".formatted(request.kind(), name));
    return new Wire.DrainResponse(list(after), warning(kind, name, after));
  }

  /// @return false if it was not drained
  boolean resume(String kindWord, String name, String by) throws Refusal, StoreException {
    Drains.Kind kind = kind(kindWord);
    Instant now = clock.instant();
    boolean drained = store.drains().read().at(now).of(kind).containsKey(name);
    if (drained) {
      store.drains().update(before -> before.at(now).without(kind, name));
      store.audit().append(now, by, "resumed %s %s".formatted(kindWord, name));
    }
    return drained;
  }

  Wire.DrainResponse list() throws StoreException {
    return new Wire.DrainResponse(list(store.drains().read().at(clock.instant())), null);
  }

  private static List<Wire.DrainStatus> list(Drains drains) {
    List<Wire.DrainStatus> list = new ArrayList<>();
    for (Drains.Kind kind : Drains.Kind.values()) {
      new TreeMap<>(drains.of(kind))
          .forEach((name, drain) ->
              list.add(
                  new Wire.DrainStatus(
                      kind == Drains.Kind.MEMBER ? "member" : "node",
                      name,
                      drain.by(),
                      Instant.ofEpochMilli(drain.sinceMillis()),
                      drain.untilMillis() == 0
                          ? null
                          : Instant.ofEpochMilli(drain.untilMillis()))));
    }
    return list;
  }

  private static Drains.Kind kind(String word) throws Refusal {
    return switch (word) {
      case "member" -> Drains.Kind.MEMBER;
      case "node" -> Drains.Kind.NODE;
      default ->
          throw new Refusal(400, "\"" + word + "\" cannot be drained", "drain a member or a node");
    };
  }

  private String node(String id) throws Refusal, StoreException {
    for (Nodes.Member member : store.nodes().members()) {
      if (member.id().equals(id)) {
        return id;
      }
    }
    throw StatusBoard.noSuchNode(id);
  }

  private String member(String name) throws Refusal, StoreException {
    List<String> known = new ArrayList<>();
    for (Pool pool : pools()) {
      pool.members().forEach(member -> known.add(pool.name() + "/" + member.host()));
    }
    if (!known.contains(name)) {
      throw new Refusal(
          404,
          "no member \"" + name + "\" is in the current revision",
          "write POOL/HOST: " + String.join(", ", known));
    }
    return name;
  }

  private List<Pool> pools() throws StoreException {
    Optional<Revision> newest = store.revisions().newest();
    if (newest.isEmpty()) {
      return List.of();
    }
    return switch (FarmDocuments.decode(newest.get().expanded(), "the current revision")) {
      case Decoded.Accepted(FarmConfig config, _) -> config.pools();
      case Decoded.Refused _ -> List.of();
    };
  }

  /// Draining the last one is allowed: it may be the point of a night. It is said.
  private @Nullable String warning(Drains.Kind kind, String name, Drains drains)
      throws StoreException {
    if (kind == Drains.Kind.NODE) {
      boolean all = store.nodes().reports().keySet().stream().allMatch(drains.nodes()::containsKey);
      return all ? "every node of the farm is drained: no client gets in" : null;
    }
    for (Pool pool : pools()) {
      boolean all =
          name.startsWith(pool.name() + "/")
              && pool.members().stream()
                  .allMatch(m -> drains.members().containsKey(pool.name() + "/" + m.host()));
      if (all) {
        return "every member of pool \"%s\" is drained: new sources get 503".formatted(pool.name());
      }
    }
    return null;
  }
}
