package io.portcullis.farm.binding;

/// One wish about one source of one group, decided where the log has it.
///
/// @param group the persistence group, by [Identity]; usually a pool
/// @param high upper half of the source address as IPv6 (an IPv4 address is `::ffff:a.b.c.d`), cut to the group's prefix
/// @param low lower half
/// @param member by [Identity]; 0 where the kind needs none
/// @param guard MOVE: the member it must still be on; EXPIRE: the newest use that may be forgotten; else 0
public record BindingOp(Kind kind, long group, long high, long low, long member, long guard) {

  /// Its code in the log never changes meaning.
  public enum Kind {
    /// First one wins. For the source's own member it also counts as a use.
    BIND(0),
    /// To `member` if it is still on `guard`.
    MOVE(1),
    /// A use of what is there; binds nothing.
    TOUCH(2),
    /// Forgets it if it is on `member`, or wherever it is with 0.
    RELEASE(3),
    /// Forgets it if it was not used after `guard`.
    EXPIRE(4);

    final int code;

    Kind(int code) {
      this.code = code;
    }

    static Kind of(int code) throws BadEntry {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new BadEntry("an operation of kind " + code);
    }
  }

  public static BindingOp bind(long group, long high, long low, long member) {
    return new BindingOp(Kind.BIND, group, high, low, member, 0);
  }

  public static BindingOp move(long group, long high, long low, long from, long to) {
    return new BindingOp(Kind.MOVE, group, high, low, to, from);
  }

  public static BindingOp touch(long group, long high, long low) {
    return new BindingOp(Kind.TOUCH, group, high, low, 0, 0);
  }

  public static BindingOp release(long group, long high, long low, long member) {
    return new BindingOp(Kind.RELEASE, group, high, low, member, 0);
  }

  public static BindingOp expire(long group, long high, long low, long usedAtMost) {
    return new BindingOp(Kind.EXPIRE, group, high, low, 0, usedAtMost);
  }

  boolean isIpv4() {
    return isIpv4(high, low);
  }

  static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }
}
