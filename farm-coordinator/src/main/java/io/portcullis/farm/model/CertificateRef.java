package io.portcullis.farm.model;

import org.jspecify.annotations.Nullable;

/// A certificate with its key, by name.
///
/// In the operator's document `chainFile` and `keyFile` name PEM files relative to the document. With neither, the
/// newest copy in the farm's store is meant. In a stored revision
/// both are absent and `version` names the sealed copy in the farm's store.
public record CertificateRef(
    String name, @Nullable String chainFile, @Nullable String keyFile, @Nullable Integer version) {}
