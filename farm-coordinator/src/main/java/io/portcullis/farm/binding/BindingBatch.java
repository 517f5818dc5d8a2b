package io.portcullis.farm.binding;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// What one entry of the log holds.
///
/// ```
/// version(1) type(1) origin(8) sequence(8)
/// groups(2) { group(8) }
/// ops(2)    { kind and address form(1) group index(2) address(4|16) [member(8)] [guard(8)] }
/// crc32c(4)
/// ```
///
/// @param origin one process start; with `sequence` it tells a batch from its own repetition
/// @param sequence 1, 2, 3, ... of this origin
public record BindingBatch(Type type, long origin, long sequence, List<BindingOp> ops) {

  /// Its code in the log never changes meaning.
  public enum Type {
    OPS(0),
    /// The end of its epoch: what follows it there does not count, and the next epoch begins.
    SEAL(1),
    /// Nothing but that time goes on.
    TICK(2),
    /// Expiries, which count however often they come: of no origin, so that a leader that loses its term leaves no gap in a sequence.
    EXPIRY(3);

    final int code;

    Type(int code) {
      this.code = code;
    }
  }

  /// With the largest operations a batch stays far under what ZooKeeper takes in one request (1 MiB).
  public static final int MAX_OPS = 4096;

  /// All of them moves of IPv6 sources, each in a group of its own.
  static final int MAX_BYTES = 256 << 10;

  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 1 + 1 + 8 + 8 + 2;
  private static final int LARGEST_OP_BYTES = 1 + 2 + 16 + 8 + 8;
  private static final int IPV4 = 0x08;
  private static final int KIND = 0x07;

  public BindingBatch {
    ops = List.copyOf(ops);
    if (ops.size() > MAX_OPS) {
      throw new IllegalArgumentException(ops.size() + " operations in a batch of " + MAX_OPS);
    }
  }

  public static BindingBatch seal() {
    return new BindingBatch(Type.SEAL, 0, 0, List.of());
  }

  public static BindingBatch tick() {
    return new BindingBatch(Type.TICK, 0, 0, List.of());
  }

  /// @param ops expiries
  public static BindingBatch expiry(List<BindingOp> ops) {
    return new BindingBatch(Type.EXPIRY, 0, 0, ops);
  }

  public byte[] encode() {
    Map<Long, Integer> groups = new HashMap<>();
    ops.forEach(op -> groups.putIfAbsent(op.group(), groups.size()));
    long[] ids = new long[groups.size()];
    groups.forEach((id, index) -> ids[index] = id);
    ByteBuffer out =
        ByteBuffer.allocate(HEAD_BYTES + 8 * ids.length + 2 + LARGEST_OP_BYTES * ops.size() + 4);
    out.put(VERSION).put((byte) type.code).putLong(origin).putLong(sequence);
    out.putShort((short) ids.length);
    for (long id : ids) {
      out.putLong(id);
    }
    out.putShort((short) ops.size());
    for (BindingOp op : ops) {
      encode(out, op, groups.getOrDefault(op.group(), 0));
    }
    out.putInt(crc(out.array(), out.position()));
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void encode(ByteBuffer out, BindingOp op, int group) {
    out.put((byte) (op.kind().code | (op.isIpv4() ? IPV4 : 0))).putShort((short) group);
    if (op.isIpv4()) {
      out.putInt((int) op.low());
    } else {
      out.putLong(op.high()).putLong(op.low());
    }
    switch (op.kind()) {
      case BIND, RELEASE -> out.putLong(op.member());
      case MOVE -> out.putLong(op.member()).putLong(op.guard());
      case EXPIRE -> out.putLong(op.guard());
      case TOUCH -> {}
    }
  }

  /// @throws BadEntry if it is not a whole batch of this version
  public static BindingBatch decode(byte[] entry) throws BadEntry {
    if (entry.length < HEAD_BYTES + 2 + 4 || entry.length > MAX_BYTES) {
      throw new BadEntry(entry.length + " bytes are no batch");
    }
    if (entry[0] != VERSION) {
      throw new BadEntry("version " + entry[0] + ", this release reads " + VERSION);
    }
    int end = entry.length - 4;
    if (ByteBuffer.wrap(entry).getInt(end) != crc(entry, end)) {
      throw new BadEntry("its checksum does not match");
    }
    try {
      return decode(ByteBuffer.wrap(entry, 1, end - 1));
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new BadEntry("it ends early or names what is not there", e);
    }
  }

  private static BindingBatch decode(ByteBuffer in) throws BadEntry {
    Type type = type(in.get());
    long origin = in.getLong();
    long sequence = in.getLong();
    long[] groups = new long[in.getShort() & 0xffff];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = in.getLong();
    }
    int count = in.getShort() & 0xffff;
    if (count > MAX_OPS) {
      throw new BadEntry(count + " operations in one batch");
    }
    List<BindingOp> ops = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ops.add(op(in, groups));
    }
    if (in.hasRemaining()) {
      throw new BadEntry(in.remaining() + " bytes too many");
    }
    return new BindingBatch(type, origin, sequence, ops);
  }

  private static Type type(int code) throws BadEntry {
    for (Type type : Type.values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new BadEntry("type " + code);
  }

  private static BindingOp op(ByteBuffer in, long[] groups) throws BadEntry {
    int form = in.get();
    BindingOp.Kind kind = BindingOp.Kind.of(form & KIND);
    long group = groups[in.getShort() & 0xffff];
    boolean ipv4 = (form & IPV4) != 0;
    long high = ipv4 ? 0 : in.getLong();
    long low = ipv4 ? 0xffff_0000_0000L | (in.getInt() & 0xffff_ffffL) : in.getLong();
    return switch (kind) {
      case BIND -> BindingOp.bind(group, high, low, in.getLong());
      case MOVE -> {
        long to = in.getLong();
        yield BindingOp.move(group, high, low, in.getLong(), to);
      }
      case TOUCH -> BindingOp.touch(group, high, low);
      case RELEASE -> BindingOp.release(group, high, low, in.getLong());
      case EXPIRE -> BindingOp.expire(group, high, low, in.getLong());
    };
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
