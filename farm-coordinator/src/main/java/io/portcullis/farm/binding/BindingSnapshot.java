package io.portcullis.farm.binding;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A table at the beginning of an epoch, in parts that each fit into one znode. Equal tables give equal bytes.
///
/// ```
/// manifest: version(1) epoch(8) parts(4) bindings(4) time(8) created(8) digest(8) origins(4) { origin(8) last(8) seen(8) } crc32c(4)
/// part:     version(1) epoch(8) index(4) { group(8) address bytes(1) count(4) { address(4|16) member(8) used(8) } } crc32c(4)
/// ```
///
/// The manifest is written last: where it is, all parts are.
public final class BindingSnapshot {

  /// Well under the 1 MiB at which ZooKeeper closes the connection.
  static final int MAX_PART_BYTES = 800_000;

  /// As many as the largest table needs, and some: what a manifest may ask a reader to fetch.
  public static final int MAX_PARTS = 128;

  private static final byte VERSION = 1;
  private static final int PART_HEAD = 1 + 8 + 4;
  private static final int RUN_HEAD = 8 + 1 + 4;

  private final byte[] manifest;
  private final List<byte[]> parts;

  /// @param manifest as it was written; the arrays are not copied and must not change
  public BindingSnapshot(byte[] manifest, List<byte[]> parts) {
    this.manifest = manifest;
    this.parts = List.copyOf(parts);
  }

  /// The bytes themselves, not a copy.
  public byte[] manifest() {
    return manifest;
  }

  public List<byte[]> parts() {
    return parts;
  }

  /// A table's content, taken quickly where its writer stands, to be encoded elsewhere.
  public record Capture(
      long epoch,
      List<CapturedGroup> groups,
      long time,
      long created,
      long digest,
      Map<Long, BindingTable.Origin> origins) {

    public int bindings() {
      return groups.stream().mapToInt(CapturedGroup::size).sum();
    }
  }

  public static Capture capture(BindingTable table, long epoch) {
    return new Capture(
        epoch, table.capture(), table.time(), table.lastCreated(), table.digest(), table.origins());
  }

  public static BindingSnapshot encode(Capture capture) {
    Parts parts = new Parts(capture.epoch());
    for (CapturedGroup group : capture.groups()) {
      CapturedGroup ordered = group.ordered();
      int from = 0;
      while (from < ordered.size()) {
        from = run(parts.next(), ordered, from);
      }
    }
    List<byte[]> whole = parts.whole();
    return new BindingSnapshot(manifest(capture, whole.size()), whole);
  }

  /// The part that is being filled, and those that are full.
  private static final class Parts {
    private final long epoch;
    private final List<byte[]> full = new ArrayList<>();
    private @Nullable ByteBuffer open;

    Parts(long epoch) {
      this.epoch = epoch;
    }

    /// Room for one row at least.
    ByteBuffer next() {
      ByteBuffer out = open;
      if (out != null && out.remaining() <= RUN_HEAD + 32 + 4) {
        full.add(sealed(out));
        out = null;
      }
      if (out == null) {
        out = ByteBuffer.allocate(MAX_PART_BYTES);
        out.put(VERSION).putLong(epoch).putInt(full.size());
        open = out;
      }
      return out;
    }

    List<byte[]> whole() {
      ByteBuffer out = open;
      if (out != null) {
        full.add(sealed(out));
        open = null;
      }
      return full;
    }
  }

  /// As many rows of one address family as fit.
  private static int run(ByteBuffer out, CapturedGroup group, int from) {
    boolean ipv4 = group.isIpv4(from);
    int rowBytes = (ipv4 ? 4 : 16) + 16;
    out.putLong(group.id).put((byte) (ipv4 ? 4 : 16));
    int countAt = out.position();
    out.putInt(0);
    int at = from;
    while (at < group.size() && group.isIpv4(at) == ipv4 && out.remaining() >= rowBytes + 4) {
      if (ipv4) {
        out.putInt((int) group.low(at));
      } else {
        out.putLong(group.high(at)).putLong(group.low(at));
      }
      out.putLong(group.member(at)).putLong(group.used(at));
      at++;
    }
    out.putInt(countAt, at - from);
    return at;
  }

  private static byte[] manifest(Capture capture, int parts) {
    ByteBuffer out = ByteBuffer.allocate(64 + 24 * capture.origins().size());
    out.put(VERSION).putLong(capture.epoch()).putInt(parts).putInt(capture.bindings());
    out.putLong(capture.time()).putLong(capture.created()).putLong(capture.digest());
    out.putInt(capture.origins().size());
    capture
        .origins()
        .forEach((id, origin) -> out.putLong(id).putLong(origin.last()).putLong(origin.seen()));
    return sealed(out);
  }

  private static byte[] sealed(ByteBuffer out) {
    byte[] bytes = new byte[out.position() + 4];
    out.flip().get(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, BindingBatch.crc(bytes, bytes.length - 4));
    return bytes;
  }

  private static ByteBuffer opened(byte[] bytes, String what) throws BadEntry {
    int end = bytes.length - 4;
    if (end < PART_HEAD || ByteBuffer.wrap(bytes).getInt(end) != BindingBatch.crc(bytes, end)) {
      throw new BadEntry("the checksum of " + what + " does not match");
    }
    if (bytes[0] != VERSION) {
      throw new BadEntry(what + " has version " + bytes[0] + ", this release reads " + VERSION);
    }
    return ByteBuffer.wrap(bytes, 1, end - 1);
  }

  /// How many parts belong to a manifest.
  public static int partsOf(byte[] manifest) throws BadEntry {
    ByteBuffer in = opened(manifest, "the manifest");
    in.getLong();
    int parts = in.getInt();
    if (parts < 0 || parts > MAX_PARTS) {
      throw new BadEntry("a snapshot of " + parts + " parts");
    }
    return parts;
  }

  /// The table, whole and checked by its digest.
  public BindingTable table() throws BadEntry {
    try {
      ByteBuffer in = opened(manifest, "the manifest");
      long epoch = in.getLong();
      int partCount = in.getInt();
      int bindings = in.getInt();
      long time = in.getLong();
      long created = in.getLong();
      long digest = in.getLong();
      Map<Long, BindingTable.Origin> origins = new TreeMap<>();
      for (int left = in.getInt(); left > 0; left--) {
        origins.put(in.getLong(), new BindingTable.Origin(in.getLong(), in.getLong()));
      }
      BindingTable table = new BindingTable();
      for (int i = 0; i < parts.size(); i++) {
        read(parts.get(i), epoch, i, table);
      }
      table.restore(time, created, origins);
      if (parts.size() != partCount || table.size() != bindings || table.digest() != digest) {
        throw new BadEntry("the snapshot of epoch " + epoch + " is not whole");
      }
      return table;
    } catch (BufferUnderflowException e) {
      throw new BadEntry("the snapshot ends early", e);
    }
  }

  private static void read(byte[] part, long epoch, int index, BindingTable table) throws BadEntry {
    ByteBuffer in = opened(part, "part " + index);
    if (in.getLong() != epoch || in.getInt() != index) {
      throw new BadEntry("part " + index + " belongs elsewhere");
    }
    while (in.hasRemaining()) {
      long group = in.getLong();
      boolean ipv4 = in.get() == 4;
      for (int left = in.getInt(); left > 0; left--) {
        long high = ipv4 ? 0 : in.getLong();
        long low = ipv4 ? 0xffff_0000_0000L | (in.getInt() & 0xffff_ffffL) : in.getLong();
        if (table.rowCount() >= BindingTable.MAX_BINDINGS) {
          throw new BadEntry("more bindings than a table takes");
        }
        table.put(group, high, low, in.getLong(), in.getLong());
      }
    }
  }
}
