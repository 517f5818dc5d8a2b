package io.portcullis.farm.binding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Groups by id. Immutable: another group gives another index.
final class GroupIndex {

  static final GroupIndex EMPTY = new GroupIndex(List.of(), List.of());

  private final long[] ids;
  private final @Nullable GroupTable[] tables;
  private final List<Long> listed;

  private GroupIndex(List<Long> names, List<GroupTable> values) {
    int places = Math.max(4, Integer.highestOneBit(names.size() * 2) * 2);
    ids = new long[places];
    tables = new GroupTable[places];
    listed = List.copyOf(names);
    for (int i = 0; i < names.size(); i++) {
      int at = place(names.get(i));
      ids[at] = names.get(i);
      tables[at] = values.get(i);
    }
  }

  /// Where an id is or would be; ids are well mixed already.
  private int place(long id) {
    int at = (int) id & (ids.length - 1);
    while (tables[at] != null && ids[at] != id) {
      at = (at + 1) & (ids.length - 1);
    }
    return at;
  }

  @Nullable GroupTable get(long id) {
    return tables[place(id)];
  }

  GroupIndex with(long id, GroupTable table) {
    List<Long> names = new ArrayList<>(listed);
    List<GroupTable> values = new ArrayList<>(values());
    names.add(id);
    values.add(table);
    return new GroupIndex(names, values);
  }

  GroupIndex withoutEmpty() {
    List<Long> names = new ArrayList<>();
    List<GroupTable> values = new ArrayList<>();
    for (long id : listed) {
      GroupTable table = get(id);
      if (table != null && table.size() > 0) {
        names.add(id);
        values.add(table);
      }
    }
    return names.size() == listed.size() ? this : new GroupIndex(names, values);
  }

  Collection<Long> ids() {
    return listed;
  }

  int count() {
    return listed.size();
  }

  int size() {
    return values().stream().mapToInt(GroupTable::size).sum();
  }

  long bytes() {
    return values().stream().mapToLong(GroupTable::bytes).sum();
  }

  private List<GroupTable> values() {
    List<GroupTable> values = new ArrayList<>(listed.size());
    for (long id : listed) {
      GroupTable table = get(id);
      if (table != null) {
        values.add(table);
      }
    }
    return values;
  }
}
