package io.portcullis.proxy.http;

import io.portcullis.proxy.message.Limits;
import java.time.Duration;

/// How long clients may take.
///
/// @param requestHead from the first byte of a head to its last, and from connecting to the first head
/// @param bodyPace time in which a body brings [Limits#BODY_LEAST_BYTES], or its end
public record Patience(Duration requestHead, Duration bodyPace) {

  public static final Patience DEFAULT = new Patience(Limits.REQUEST_HEAD, Limits.BODY_PACE);
}
