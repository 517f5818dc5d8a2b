package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.lync.LyncExpansion;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.FarmValidator;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.Unconfirmed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns a document into the farm's next revision, or says all that is wrong with it.
///
/// decode → put files in place → expand → check → compare → store certificates → propose, vote, commit ([RevisionRound]). Nothing is written
/// before the last two, and nothing at all for a dry run, a refused document, or one that changes nothing.
final class RevisionDesk {
  private static final Logger LOG = LoggerFactory.getLogger(RevisionDesk.class);

  private static final int MAX_REASON = 500;

  /// Whoever needs longer is not watching.
  private static final Duration LONGEST_CONFIRMATION = Duration.ofDays(1);

  private final String farm;
  private final FarmStore store;
  private final RevisionRound round;
  private final InstantSource clock;

  RevisionDesk(String farm, FarmStore store, StatusBoard board, InstantSource clock) {
    this.round = new RevisionRound(store, board);
    this.farm = farm;
    this.store = store;
    this.clock = clock;
  }

  /// What a document asks for, with all its problems.
  ///
  /// @param config absent if the document could not be understood
  private record Draft(
      @Nullable FarmConfig config, List<Problem> problems, DocumentCertificates certificates) {
    boolean isRefused() {
      return config == null || problems.stream().anyMatch(Problem::isError);
    }
  }

  Wire.ApplyResponse apply(Wire.ApplyRequest request, boolean dryRun, String author)
      throws Refusal, StoreException {
    Optional<Revision> current = store.revisions().newest();
    long base = current.map(Revision::number).orElse(0L);
    Long seen = request.ifRevision();
    if (seen != null && seen != base) {
      throw RevisionRound.conflict(seen, base);
    }
    Instant now = clock.instant();
    Wire.Care care = request.care() == null ? Wire.Care.NONE : request.care();
    Unconfirmed unconfirmed = unconfirmed(care, base, now);
    requireCanary(care.canary());
    Draft draft = draft(request, care.allowUncovered(), now);
    FarmConfig config = draft.config();
    if (config == null || draft.isRefused()) {
      return new Wire.ApplyResponse(false, base, false, draft.problems(), List.of());
    }
    List<String> changes = changes(current, config);
    if (changes.isEmpty() && current.isPresent()) {
      return new Wire.ApplyResponse(true, base, true, draft.problems(), changes);
    }
    if (dryRun) {
      return new Wire.ApplyResponse(true, base, false, draft.problems(), changes);
    }
    FarmConfig whole = withCertificates(config, draft.certificates().store(config.certificates()));
    Revision next =
        new Revision(
            base + 1,
            author,
            now,
            reason(request.reason()),
            request.document(),
            FarmDocuments.encode(whole));
    return committed(base, next, unconfirmed, care.canary(), draft.problems(), changes);
  }

  /// Puts a change before the nodes.
  private Wire.ApplyResponse committed(
      long base,
      Revision next,
      Unconfirmed unconfirmed,
      Wire.@Nullable Canary canary,
      List<Problem> known,
      List<String> changes)
      throws Refusal, StoreException {
    RevisionRound.Result result = round.run(base, next, unconfirmed, canary);
    List<Problem> problems = new ArrayList<>(known);
    problems.addAll(result.problems());
    boolean accepted = result.revision() != 0;
    return new Wire.ApplyResponse(
        accepted, accepted ? result.revision() : base, false, problems, changes);
  }

  /// What was confirmed last is where an unconfirmed revision goes back to, also through several of them.
  private Unconfirmed unconfirmed(Wire.Care care, long base, Instant now)
      throws Refusal, StoreException {
    if (care.confirmSeconds() == 0) {
      return Unconfirmed.NONE;
    }
    if (care.confirmSeconds() < 0 || care.confirmSeconds() > LONGEST_CONFIRMATION.toSeconds()) {
      throw new Refusal(
          400,
          "a revision cannot wait %d seconds to be confirmed".formatted(care.confirmSeconds()),
          "choose 1s to 1d");
    }
    if (base == 0) {
      throw new Refusal(
          400,
          "the farm has no revision that it could go back to",
          "apply the first one without --confirm-within");
    }
    Unconfirmed before = store.revisions().unconfirmed();
    return new Unconfirmed(
        base + 1,
        before.revision() == base ? before.backTo() : base,
        now.plusSeconds(care.confirmSeconds()).toEpochMilli());
  }

  private void requireCanary(Wire.@Nullable Canary canary) throws Refusal, StoreException {
    if (canary == null) {
      return;
    }
    if (canary.seconds() < 1 || canary.seconds() > RevisionRound.LONGEST_TRIAL.toSeconds()) {
      throw new Refusal(
          400,
          "a trial cannot last %d seconds".formatted(canary.seconds()),
          "choose 1s to " + RevisionRound.LONGEST_TRIAL.toMinutes() + "m");
    }
    if (store.nodes().report(canary.node()).isEmpty()) {
      throw StatusBoard.noSuchNode(canary.node());
    }
  }

  private Draft draft(Wire.ApplyRequest request, boolean allowUncovered, Instant now)
      throws StoreException {
    DocumentFiles files = new DocumentFiles(request.files(), now);
    DocumentCertificates certificates = new DocumentCertificates(store.certificates(), files, now);
    return switch (FarmDocuments.decode(request.document(), "document")) {
      case Decoded.Refused refused -> new Draft(null, refused.problems(), certificates);
      case Decoded.Accepted accepted -> {
        List<Problem> problems = new ArrayList<>(accepted.problems());
        FarmConfig source = files.withTrust(accepted.config());
        requireThisFarm(source, problems);
        FarmConfig expanded = LyncExpansion.expand(source);
        problems.addAll(FarmValidator.checkExpansion(source, expanded));
        FarmConfig config =
            withCertificates(expanded, certificates.resolve(expanded.certificates()));
        problems.addAll(files.problems());
        problems.addAll(certificates.problems());
        problems.addAll(
            allowUncovered
                ? CertificateChecks.coverage(config, certificates.chains())
                : CertificateChecks.requireCoverage(config, certificates.chains()));
        yield new Draft(config, problems, certificates);
      }
    };
  }

  private void requireThisFarm(FarmConfig config, List<Problem> problems) {
    if (!config.farm().equals(farm)) {
      problems.add(
          Problem.error(
              "farm",
              "the document is for farm \"%s\", this is \"%s\"".formatted(config.farm(), farm),
              "correct the name, or use the identity file of the farm you mean"));
    }
  }

  private static FarmConfig withCertificates(FarmConfig config, List<CertificateRef> references) {
    return new FarmConfig(
        config.farm(),
        config.listeners(),
        references,
        config.pools(),
        config.rules(),
        config.hosts(),
        null,
        config.virtualAddresses());
  }

  private List<String> changes(Optional<Revision> current, FarmConfig next) {
    FarmConfig before =
        current
            .map(this::config)
            .orElseGet(() ->
                new FarmConfig(farm, List.of(), List.of(), List.of(), List.of(), List.of(), null));
    return FarmDocuments.diff(before, next);
  }

  /// A stored revision was valid when it was written; one that a newer release refuses compares as empty, so that the operator sees
  /// everything as new rather than nothing.
  private FarmConfig config(Revision revision) {
    return switch (FarmDocuments.decode(revision.expanded(), "revision " + revision.number())) {
      case Decoded.Accepted accepted -> accepted.config();
      case Decoded.Refused refused -> {
        LOG.warn("revision {} is not understood: {}", revision.number(), refused.problems());
        yield new FarmConfig(farm, List.of(), List.of(), List.of(), List.of(), List.of(), null);
      }
    };
  }

  /// Writes a new revision with the content of an old one.
  Wire.ApplyResponse rollback(Wire.RollbackRequest request, String author)
      throws Refusal, StoreException {
    Revision target = existing(request.to());
    Optional<Revision> current = store.revisions().newest();
    long base = current.map(Revision::number).orElse(0L);
    List<String> changes = changes(current, config(target));
    if (changes.isEmpty()) {
      return new Wire.ApplyResponse(true, base, true, List.of(), changes);
    }
    String why = "rollback to " + target.number();
    String said = reason(request.reason());
    Revision next =
        new Revision(
            base + 1,
            author,
            clock.instant(),
            said.isEmpty() ? why : reason(why + ": " + said),
            target.source(),
            target.expanded());
    return committed(base, next, Unconfirmed.NONE, null, List.of(), changes);
  }

  Revision existing(long number) throws Refusal, StoreException {
    return store
        .revisions()
        .read(number)
        .orElseThrow(() ->
            new Refusal(404, "there is no revision " + number, "\"farmctl history\" lists them"));
  }

  /// One line of bounded length, whatever was typed.
  private static String reason(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON);
  }
}
