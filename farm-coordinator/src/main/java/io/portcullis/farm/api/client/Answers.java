package io.portcullis.farm.api.client;

import io.portcullis.farm.api.client.AdminException.Reason;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import java.io.IOException;

/// What an HTTP answer of the admin API means.
final class Answers {
  private static final int REFUSED_DOCUMENT = 422;

  private static final String OTHER_VERSION =
      "make sure that farmctl and the coordinator are of the same version (farmctl version)";

  private Answers() {}

  /// The body of an answer that carries what was asked for.
  static byte[] accepted(int status, byte[] body, String address) throws AdminException {
    if ((status >= 200 && status < 300) || status == REFUSED_DOCUMENT) {
      return body;
    }
    Wire.ErrorResponse error;
    try {
      error = WireJson.read(body, Wire.ErrorResponse.class);
    } catch (IOException e) {
      throw new AdminException(
          Reason.REFUSED, address + " answered " + status + " without a reason", OTHER_VERSION, e);
    }
    throw new AdminException(
        status == 409 ? Reason.CONFLICT : Reason.REFUSED, error.error(), error.hint());
  }

  static <T> T read(byte[] body, Class<T> type) throws AdminException {
    try {
      return WireJson.read(body, type);
    } catch (IOException e) {
      throw new AdminException(
          Reason.REFUSED,
          "the coordinator's answer is not understood: " + e.getMessage(),
          OTHER_VERSION,
          e);
    }
  }
}
