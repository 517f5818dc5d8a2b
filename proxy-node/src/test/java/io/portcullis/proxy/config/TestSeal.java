package io.portcullis.proxy.config;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.store.LocalSeal;
import java.nio.file.Path;
import java.util.List;

/// What a node of a farm seals its own files with.
public final class TestSeal {
  private TestSeal() {}

  public static LocalSeal of(Path state, String node, FarmKey key) {
    IdentityFile identity = new IdentityFile("contoso-edge", node, List.of("-"), "", "", "");
    return new LocalSeal(new FarmHome(state, identity, key, "127.0.0.1:1"));
  }
}
