package io.portcullis.farm.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portcullis.farm.store.StoreException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/// Reading and writing znodes as JSON, with every failure as a [StoreException] that names the path.
final class Znodes {
  /// ZooKeeper closes the connection on a request over 1 MiB (jute.maxbuffer) instead of answering; stay clear of it.
  static final int MAX_BYTES = 900_000;

  /// Below this, compressing saves nothing worth the unreadable znode.
  private static final int COMPRESS_FROM = 64 << 10;

  /// A compressed megabyte may not become gigabytes in memory.
  private static final int MAX_INFLATED = 32 << 20;

  private static final int GZIP_MAGIC = 0x1f;

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final CuratorFramework client;
  private final @Nullable Fence fence;

  Znodes(CuratorFramework client) {
    this(client, null);
  }

  /// @param fence checked with each write; null = none
  Znodes(CuratorFramework client, @Nullable Fence fence) {
    this.client = client;
    this.fence = fence;
  }

  /// A call to ZooKeeper that may fail as ZooKeeper's calls do.
  interface Call<T> {
    T run(CuratorFramework client) throws Exception;
  }

  /// A value with the version to compare when it is written back.
  record Versioned<T>(T value, int version) {}

  <T> T run(String path, Call<T> call) throws StoreException {
    try {
      return call.run(client);
    } catch (KeeperException e) {
      throw failure(path, e);
    } catch (StoreException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Kind.UNREACHABLE, "interrupted while asking for " + path, e);
    } catch (Exception e) {
      throw new StoreException(Kind.UNREACHABLE, path + ": " + e, e);
    }
  }

  private static StoreException failure(String path, KeeperException e) {
    return switch (e.code()) {
      case NOAUTH, AUTHFAILED, INVALIDACL ->
          new StoreException(Kind.DENIED, "this identity may not use " + path, e);
      case CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONEXPIRED, SESSIONMOVED, REQUESTTIMEOUT ->
          new StoreException(Kind.UNREACHABLE, "ZooKeeper did not answer in time about " + path, e);
      default ->
          new StoreException(
              Kind.BAD_DATA, path + ": " + e.code().name().toLowerCase(java.util.Locale.ROOT), e);
    };
  }

  Optional<byte[]> bytes(String path) throws StoreException {
    return run(
        path,
        client -> {
          try {
            return Optional.of(client.getData().forPath(path));
          } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
          }
        });
  }

  <T> Optional<T> read(String path, Class<T> type) throws StoreException {
    Optional<byte[]> bytes = bytes(path);
    return bytes.isEmpty() ? Optional.empty() : Optional.of(decode(path, bytes.get(), type));
  }

  <T> Optional<Versioned<T>> readVersioned(String path, Class<T> type) throws StoreException {
    return run(
        path,
        client -> {
          try {
            Stat stat = new Stat();
            byte[] bytes = client.getData().storingStatIn(stat).forPath(path);
            return Optional.of(new Versioned<>(decode(path, bytes, type), stat.getVersion()));
          } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
          }
        });
  }

  Optional<Versioned<byte[]>> bytesVersioned(String path) throws StoreException {
    return run(
        path,
        client -> {
          try {
            Stat stat = new Stat();
            byte[] bytes = client.getData().storingStatIn(stat).forPath(path);
            return Optional.of(new Versioned<>(bytes, stat.getVersion()));
          } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
          }
        });
  }

  /// Empty also when the parent does not exist.
  List<String> children(String path) throws StoreException {
    return run(
        path,
        client -> {
          try {
            return client.getChildren().forPath(path);
          } catch (KeeperException.NoNodeException e) {
            return List.of();
          }
        });
  }

  /// All of the operations, or none; none either once the fence is down.
  List<CuratorTransactionResult> commit(CuratorFramework client, CuratorOp... operations)
      throws Exception {
    if (fence == null) {
      return client.transaction().forOperations(operations);
    }
    List<CuratorOp> all = new ArrayList<>();
    all.add(client.transactionOp().check().withVersion(fence.version()).forPath(fence.path()));
    all.addAll(List.of(operations));
    try {
      return client.transaction().forOperations(all);
    } catch (KeeperException e) {
      if (Fence.stopped(e)) {
        throw new StoreException(
            Kind.DEPOSED, "another coordinator leads by now: nothing was written", e);
      }
      throw e;
    }
  }

  /// Parents are made as needed.
  ///
  /// @return false if it exists
  boolean create(String path, byte[] data) throws StoreException {
    return run(path, client -> create(client, path, data));
  }

  private boolean create(CuratorFramework client, String path, byte[] data) throws Exception {
    try {
      commit(client, client.transactionOp().create().forPath(path, data));
      return true;
    } catch (KeeperException.NodeExistsException e) {
      return false;
    } catch (KeeperException.NoNodeException e) {
      String parent = path.substring(0, path.lastIndexOf('/'));
      if (parent.isEmpty()) {
        throw e;
      }
      boolean _ = create(client, parent, new byte[0]);
      return create(client, path, data);
    }
  }

  /// @param version that it must have
  /// @return false if it has another, or is not there
  boolean set(String path, byte[] data, int version) throws StoreException {
    return run(
        path,
        client -> {
          try {
            commit(
                client, client.transactionOp().setData().withVersion(version).forPath(path, data));
            return true;
          } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
            return false;
          }
        });
  }

  /// @return false if it was not there
  boolean delete(String path) throws StoreException {
    return run(
        path,
        client -> {
          try {
            commit(client, client.transactionOp().delete().forPath(path));
            return true;
          } catch (KeeperException.NoNodeException e) {
            return false;
          }
        });
  }

  /// @throws StoreException if it does not fit into a znode
  static byte[] encode(String path, Object value) throws StoreException {
    try {
      byte[] json = JSON.writeValueAsBytes(value);
      byte[] stored = json.length < COMPRESS_FROM ? json : compress(json);
      if (stored.length > MAX_BYTES) {
        throw new StoreException(
            Kind.BAD_DATA,
            "%s would be %d bytes compressed, more than the %d that ZooKeeper holds in one place: split it"
                .formatted(path, stored.length, MAX_BYTES));
      }
      return stored;
    } catch (StoreException e) {
      throw e;
    } catch (IOException e) {
      throw new StoreException(Kind.BAD_DATA, path + " cannot be written as JSON", e);
    }
  }

  static <T> T decode(String path, byte[] stored, Class<T> type) throws StoreException {
    try {
      boolean compressed = stored.length > 2 && stored[0] == GZIP_MAGIC;
      return JSON.readValue(compressed ? inflate(stored) : stored, type);
    } catch (JsonProcessingException e) {
      throw new StoreException(
          Kind.BAD_DATA, path + " is not what this version writes: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new StoreException(Kind.BAD_DATA, path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static byte[] compress(byte[] json) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(json);
    }
    return bytes.toByteArray();
  }

  private static byte[] inflate(byte[] stored) throws IOException {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(stored))) {
      byte[] json = gzip.readNBytes(MAX_INFLATED + 1);
      if (json.length > MAX_INFLATED) {
        throw new IOException("inflates to more than " + MAX_INFLATED + " bytes");
      }
      return json;
    }
  }
}
