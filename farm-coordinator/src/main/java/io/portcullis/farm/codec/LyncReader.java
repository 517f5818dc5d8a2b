package io.portcullis.farm.codec;

import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.SimpleUrls;
import io.portcullis.farm.model.LyncTopology.Version;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.Pool.Bridging;
import io.portcullis.farm.model.Pool.HealthCheck;
import io.portcullis.farm.model.Pool.PoolTls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `lync`. What the section says once for all (`tls`, `health`) is written into each of its pools.
final class LyncReader {
  static final String DIRECTOR_NAME = "director";
  static final String OFFICE_NAME = "owas";

  private static final Map<String, Version> VERSIONS = new LinkedHashMap<>();

  static {
    for (Version version : Version.values()) {
      VERSIONS.put(version.word(), version);
    }
  }

  private final Reading reading;
  private final PoolReader pools;

  LyncReader(Reading reading) {
    this.reading = reading;
    this.pools = new PoolReader(reading);
  }

  LyncTopology topology(Section lync) {
    if (!lync.has("version")) {
      lync.missing("version", "add version: 2013");
    }
    PoolTls tls = pools.tls(lync.section("tls", Keys.LYNC_TLS), null);
    HealthCheck health =
        pools.health(lync.section("health", Keys.HEALTH), LyncTopology.DISCOVERY_ROOT);
    return new LyncTopology(
        lync.word("version", VERSIONS, Version.LYNC_2013),
        lync.texts("sipDomains"),
        single(lync, "director", DIRECTOR_NAME, LyncTopology.EXTERNAL_SITE, tls, health),
        webPools(lync, tls, health),
        simpleUrls(lync.section("simpleUrls", Keys.SIMPLE_URLS)),
        single(lync, "officeWebApps", OFFICE_NAME, PoolReader.WEB_PORTS, tls, null),
        lync.flag("httpAutodiscover"),
        lync.text("listenerHttps"),
        lync.text("listenerHttp"));
  }

  private List<WebPool> webPools(
      Section lync, @Nullable PoolTls tls, @Nullable HealthCheck health) {
    List<WebPool> read = new ArrayList<>();
    for (Section.Item item : lync.items("pools")) {
      Section pool = Section.of(reading, item.node(), item.path(), Keys.WEB_POOL);
      if (pool != null) {
        String name = pool.requiredText("name", "pool01");
        read.add(webPool(pool, name, LyncTopology.EXTERNAL_SITE, tls, health, false));
      }
    }
    return read;
  }

  private @Nullable WebPool single(
      Section lync,
      String key,
      String usualName,
      Bridging ports,
      @Nullable PoolTls tls,
      @Nullable HealthCheck health) {
    Section pool = lync.section(key, Keys.WEB_POOL);
    if (pool == null) {
      return null;
    }
    String given = pool.has("name") ? pool.text("name") : usualName;
    boolean office = usualName.equals(OFFICE_NAME);
    return webPool(pool, given == null ? usualName : given, ports, tls, health, office);
  }

  private WebPool webPool(
      Section pool,
      String name,
      Bridging ports,
      @Nullable PoolTls tls,
      @Nullable HealthCheck health,
      boolean office) {
    String get = office ? LyncTopology.OFFICE_DISCOVERY : LyncTopology.DISCOVERY_ROOT;
    return new WebPool(
        name,
        pool.requiredText("externalFqdn", "webext01.contoso.com"),
        pools.members(pool),
        pools.bridging(pool, ports),
        pools.tls(pool.section("tls", Keys.POOL_TLS), tls),
        pool.has("health") ? pools.health(pool.section("health", Keys.HEALTH), get) : health,
        pool.texts("meet"),
        pool.has("version") ? pool.word("version", VERSIONS, Version.LYNC_2013) : null);
  }

  private static SimpleUrls simpleUrls(@Nullable Section urls) {
    return urls == null
        ? new SimpleUrls(List.of(), null)
        : new SimpleUrls(urls.texts("meet"), urls.text("dialin"));
  }
}
