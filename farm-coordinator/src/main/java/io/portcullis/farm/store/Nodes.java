package io.portcullis.farm.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;

/// Who belongs to the farm, and what the nodes that are alive say of themselves.
public final class Nodes {
  private final CuratorFramework client;
  private final Znodes znodes;
  private final FarmPaths paths;

  Nodes(CuratorFramework client, Znodes znodes, FarmPaths paths) {
    this.client = client;
    this.znodes = znodes;
    this.paths = paths;
  }

  /// Somebody who was given an identity.
  ///
  /// @param issued ISO-8601
  public record Member(String id, String role, String issued) {}

  /// Keeps this node's report in the farm until closed, through lost connections and sessions.
  ///
  /// @param report asked for a fresh JSON text at each refresh; must not block
  public Announcement announce(String id, Supplier<String> report) {
    return new Announcement(client, paths.node(id), report);
  }

  /// Reports of the nodes that are alive, by id.
  public Map<String, String> reports() throws StoreException {
    Map<String, String> reports = new TreeMap<>();
    for (String id : znodes.children(paths.nodes())) {
      report(id).ifPresent(report -> reports.put(id, report));
    }
    return reports;
  }

  public Optional<String> report(String id) throws StoreException {
    return znodes.bytes(paths.node(id)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /// Reserves an id for ever, or until removed.
  ///
  /// @return false if it is taken
  public boolean register(Member member) throws StoreException {
    String path = paths.member(member.id());
    return znodes.create(path, Znodes.encode(path, member));
  }

  public List<Member> members() throws StoreException {
    List<Member> members = new ArrayList<>();
    for (String id : znodes.children(paths.members())) {
      znodes.read(paths.member(id), Member.class).ifPresent(members::add);
    }
    return members;
  }

  public Optional<Member> member(String id) throws StoreException {
    return znodes.read(paths.member(id), Member.class);
  }

  /// Forgets a member and its report.
  ///
  /// @return false if it was not known
  public boolean remove(String id) throws StoreException {
    boolean reported = znodes.delete(paths.node(id));
    boolean registered = znodes.delete(paths.member(id));
    return reported || registered;
  }
}
