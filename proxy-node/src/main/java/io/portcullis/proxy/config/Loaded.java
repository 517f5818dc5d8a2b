package io.portcullis.proxy.config;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.util.Map;

/// A configuration with everything it names, ready to be compiled.
///
/// @param config expanded: no topology, trust bundles inline
/// @param certificates by name
public record Loaded(
    long revision, FarmConfig config, Map<String, CertificateMaterial> certificates) {
  public Loaded {
    certificates = Map.copyOf(certificates);
  }
}
