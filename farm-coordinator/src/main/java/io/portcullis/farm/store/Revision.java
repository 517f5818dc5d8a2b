package io.portcullis.farm.store;

import java.time.Instant;

/// A numbered, immutable farm configuration as stored in `config/revisions/<n>`.
///
/// @param number 1 for the first
/// @param author id in the client certificate of whoever applied it
/// @param source the document as the operator typed it
/// @param expanded canonical YAML of what nodes run: no `lync`, no file names, certificates by version
public record Revision(
    long number, String author, Instant time, String reason, String source, String expanded) {}
