package io.portcullis.farm.model;

/// A name that the farm resolves by itself, as a HOSTS file entry would.
///
/// @param address an IPv4 or IPv6 literal
public record StaticHost(String name, String address) {}
