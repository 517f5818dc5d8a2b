package io.portcullis.perf.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.portcullis.perf.staging.StagingReport;

/// What an answer has to be; each says in words what is wrong with one that is not.
sealed interface Expectation {

  /// Empty when the reply is as expected.
  String complaint(PublicClient.Request request, PublicClient.Reply reply);

  /// A member's echo: what it received is what was sent, over TLS with the pool's name.
  record Echo() implements Expectation {
    @Override
    public String complaint(PublicClient.Request request, PublicClient.Reply reply) {
      if (reply.status() != 200) {
        return "expected 200 from the pool";
      }
      StagingReport report;
      try {
        report = StagingReport.parse(reply.body());
      } catch (JsonProcessingException e) {
        return "the answer is not a member's echo";
      }
      if (!report.requestLine().equals(request.line())) {
        return "the member received the request line \"" + report.requestLine() + "\"";
      }
      if (!request.host().equals(report.header("Host"))) {
        return "the member received the Host " + report.header("Host");
      }
      if (!Topology.POOL.equals(report.serverName())) {
        return "the node asked the member for " + report.serverName() + " in TLS";
      }
      return "";
    }
  }

  /// A discovery document: the links of a user's home over TLS, one Redirect link in clear.
  record Discovery() implements Expectation {
    @Override
    public String complaint(PublicClient.Request request, PublicClient.Reply reply) {
      if (reply.status() != 200) {
        return "expected 200 from the pool";
      }
      String link = request.serverName() == null ? "redirect" : "user";
      return reply.body().contains("\"" + link + "\":{\"href\"")
          ? ""
          : "the answer has no link \"" + link + "\"";
    }
  }

  /// To the same name over TLS.
  record ToHttps() implements Expectation {
    @Override
    public String complaint(PublicClient.Request request, PublicClient.Reply reply) {
      String host = request.host().replaceFirst(":[0-9]+$", "");
      return reply.status() == 301 && reply.header("location").startsWith("https://" + host)
          ? ""
          : "expected 301 to https://"
              + host
              + ", Location is \""
              + reply.header("location")
              + "\"";
    }
  }

  /// A name that nothing publishes: the node itself says no.
  record Refusal() implements Expectation {
    @Override
    public String complaint(PublicClient.Request request, PublicClient.Reply reply) {
      return reply.status() == 404 && reply.header("x-staging-member").isEmpty()
          ? ""
          : "expected 404 from the node itself";
    }
  }
}
