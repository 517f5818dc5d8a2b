package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.BindingTable;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.binding.Source;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Who owns which source, for operators: this coordinator's own copy of the farm's table, with names in place of numbers.
final class BindingDesk {
  /// A page that a terminal or a script takes in one go; an export asks for it by name.
  static final int MOST_LISTED = 100_000;

  private static final long PATIENCE_SECONDS = 20;

  private final FarmStore store;
  private final BindingLog log;

  BindingDesk(FarmStore store, BindingLog log) {
    this.store = store;
    this.log = log;
  }

  /// What the numbers of the newest revision mean.
  private record Names(Map<Long, String> groups, Map<Long, String> members, List<Pool> pools) {
    String group(long id) {
      return groups.getOrDefault(id, unknown(id));
    }

    String member(long id) {
      return members.getOrDefault(id, unknown(id));
    }

    private static String unknown(long id) {
      return "#" + Long.toHexString(id);
    }
  }

  Wire.BindingList answer(Wire.BindingQuery query) throws Refusal, StoreException {
    Names names = names();
    InetAddress source = address(query.source());
    if (query.delete() && source == null && query.member() == null) {
      throw new Refusal(
          400, "deleting needs a source or a member", "give --source ADDRESS or --member HOST");
    }
    try {
      return log.ask(replica -> search(replica, query, source, names))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    } catch (ExecutionException | TimeoutException e) {
      throw busy();
    }
  }

  private static Refusal busy() {
    return new Refusal(503, "the table of bindings does not answer", "try again in a moment");
  }

  private static @Nullable InetAddress address(@Nullable String text) throws Refusal {
    try {
      return text == null ? null : InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          400, "\"" + text + "\" is no IP address", "write one such as 192.0.2.7 or 2001:db8::7");
    }
  }

  private static Wire.BindingList search(
      BindingReplica replica, Wire.BindingQuery query, @Nullable InetAddress source, Names names) {
    BindingTable table = replica.table();
    List<Wire.Binding> listed = new ArrayList<>();
    int matched = 0;
    int deleted = 0;
    for (BindingTable.Row row : rows(table, source, names)) {
      String member = names.member(row.member());
      if (query.member() != null && !query.member().equals(member)) {
        continue;
      }
      matched++;
      if (query.delete()
          && replica.propose(BindingOp.release(row.group(), row.high(), row.low(), row.member()))) {
        deleted++;
      }
      if (listed.size() < Math.min(query.limit(), MOST_LISTED)) {
        listed.add(
            new Wire.Binding(
                names.group(row.group()),
                Source.text(row.high(), row.low()),
                member,
                TimeUnit.MILLISECONDS.toSeconds(table.time() - row.used())));
      }
    }
    return new Wire.BindingList(table.size(), matched, deleted, listed);
  }

  /// All of them, or what the groups have of one address, each by its own prefix.
  private static List<BindingTable.Row> rows(
      BindingTable table, @Nullable InetAddress address, Names names) {
    if (address == null) {
      return table.rows();
    }
    Map<Long, BindingTable.Row> found = new HashMap<>();
    for (Pool pool : names.pools()) {
      Pool.SourcePersistence by = pool.persistence();
      Source source = Source.of(address, by.ipv4Prefix(), by.ipv6Prefix());
      long group = Identity.ofGroup(pool.name(), by.group());
      long member = table.member(group, source.high(), source.low());
      if (member != 0) {
        long used = table.used(group, source.high(), source.low());
        found.put(group, new BindingTable.Row(group, source.high(), source.low(), member, used));
      }
    }
    return List.copyOf(found.values());
  }

  private Names names() throws StoreException {
    Map<Long, String> groups = new HashMap<>();
    Map<Long, String> members = new HashMap<>();
    List<Pool> pools = pools();
    for (Pool pool : pools) {
      String group = pool.persistence().group();
      groups.put(Identity.ofGroup(pool.name(), group), group == null ? pool.name() : group);
      for (Pool.Member member : pool.members()) {
        members.put(Identity.of(member.host()), member.host());
      }
    }
    return new Names(groups, members, pools);
  }

  private List<Pool> pools() throws StoreException {
    Optional<Revision> newest = store.revisions().newest();
    return newest.isPresent()
            && FarmDocuments.decode(newest.get().expanded(), "the newest revision")
                instanceof Decoded.Accepted(FarmConfig config, _)
        ? config.pools()
        : List.of();
  }
}
