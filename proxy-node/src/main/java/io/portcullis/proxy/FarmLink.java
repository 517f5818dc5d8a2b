package io.portcullis.proxy;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.membership.AuthorityUpkeep;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.JoinFailed;
import io.portcullis.farm.membership.KeyUpkeep;
import io.portcullis.farm.membership.Renewal;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.Challenges;
import io.portcullis.farm.store.Drains;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.FarmWatch;
import io.portcullis.farm.store.KeyPlan;
import io.portcullis.farm.store.LocalSeal;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.TicketRing;
import io.portcullis.farm.store.ZnodeWatch;
import io.portcullis.proxy.config.Applied;
import io.portcullis.proxy.config.FarmSource;
import io.portcullis.proxy.config.LastGood;
import io.portcullis.proxy.config.Loaded;
import io.portcullis.proxy.config.Publisher;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.tls.TlsUpkeep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node in a farm: it joins if it must, follows the farm's revisions, and says how it is. Losing the farm costs nothing
/// but news: what is served stays, from memory, or after a restart from disk.
final class FarmLink implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(FarmLink.class);

  /// A farm within reach answers within a second; a node that starts without one should not keep its users waiting longer.
  private static final Duration FIRST_WORD = Duration.ofSeconds(3);

  private final NodeOptions options;
  private final Publisher publisher;
  private final Bell bell;
  private final CurrentSnapshot current;
  private final Doors doors;
  private final NodeCounters counters;
  private final Bindings bindings;
  private final Consumer<String> name;
  private final FarmTickets ticketKeys;
  private final Supplier<Wire.Load> load;
  private final Instant startedAt = Instant.now();

  private @Nullable FarmStore store;
  private @Nullable Renewal renewal;
  private @Nullable BindingLog bindingLog;
  private @Nullable FarmWatch watch;
  private @Nullable ZnodeWatch<Drains> drains;
  private @Nullable ZnodeWatch<TicketRing> tickets;
  private @Nullable ZnodeWatch<Challenges> challenges;
  private @Nullable ZnodeWatch<Proposal> proposals;
  private @Nullable ZnodeWatch<KeyPlan> farmKeys;
  private @Nullable ZnodeWatch<AuthorityPlan> farmCas;
  private @Nullable Announcement announcement;

  FarmLink(
      NodeOptions options,
      Publisher publisher,
      Bell bell,
      CurrentSnapshot current,
      Doors doors,
      NodeCounters counters,
      Bindings bindings,
      TlsUpkeep tls,
      Supplier<Wire.Load> load,
      Consumer<String> name) {
    this.load = load;
    this.ticketKeys = new FarmTickets(tls, bell::ring);
    this.bindings = bindings;
    this.options = options;
    this.publisher = publisher;
    this.bell = bell;
    this.current = current;
    this.doors = doors;
    this.counters = counters;
    this.name = name;
  }

  @Override
  public void start() throws StartRefused, InterruptedException {
    Path state = Objects.requireNonNull(options.state());
    FarmHome home = home(state);
    name.accept(home.identity().id());
    LOG.info("node {} of farm {}", home.identity().id(), home.farm());
    FarmStore opened = FarmStore.connect(home);
    store = opened;
    renewal = Renewal.start(home, opened, Clock.systemUTC());
    followBindings(opened);
    Drainage drainage =
        new Drainage(home.identity().id(), current, doors, Clock.systemUTC(), bell::ring);
    VirtualHolder holder = new VirtualHolder(home.identity().id(), state);
    FarmSource source =
        new FarmSource(
            opened.certificates()::read,
            new LastGood(state, new LocalSeal(home)),
            publisher(drainage, holder),
            bell::ring);
    Voter ballot =
        new Voter(
            home.identity().id(),
            source,
            opened.revisions()::newest,
            SteadyClock.start(Clock.systemUTC(), System::nanoTime),
            bell::ring);
    FarmProofs proofs = new FarmProofs(current, Clock.systemUTC(), bell::ring);
    KeyUpkeep upkeep = new KeyUpkeep(home, opened, source::reseal, _ -> bell.ring());
    AuthorityUpkeep authority = new AuthorityUpkeep(home, opened, bell::ring);
    NodeReport report =
        new NodeReport(
            home.identity().id(),
            startedAt,
            current,
            doors,
            counters,
            source::applied,
            drainage::isDraining,
            () ->
                new Wire.Standing(
                        ticketKeys.generation(),
                        ballot.vote(),
                        load.get(),
                        outcome(ballot, source.applied()),
                        upkeep.followed(),
                        proofs.number())
                    .holding(holder.holds())
                    .following(authority.followed()));
    Announcement announced = opened.nodes().announce(home.identity().id(), () -> text(report));
    announcement = announced;
    bell.listener(announced::refresh);
    farmKeys = opened.watchKeyPlan(upkeep);
    farmCas = opened.watchAuthorities(authority);
    watch = opened.watch(source);
    drains = opened.watchDrains(drainage::follow);
    tickets = opened.watchTickets(ticketKeys);
    challenges = opened.watchChallenges(proofs);
    source.startWithin(FIRST_WORD);
    proposals =
        opened.watchProposals(proposal -> {
          ballot.accept(proposal);
          source.keepAgain();
        });
  }

  private static Wire.Outcome outcome(Voter ballot, Applied applied) {
    return new Wire.Outcome(ballot.accepted(), applied.rejectedRevision(), applied.unsaved());
  }

  private Publisher publisher(Drainage drainage, VirtualHolder holder) {
    return new Publisher() {
      @Override
      public List<Problem> rehearse(Loaded loaded) throws InterruptedException {
        return publisher.rehearse(loaded);
      }

      @Override
      public List<Problem> publish(Loaded loaded) throws InterruptedException {
        List<Problem> problems = publisher.publish(loaded);
        drainage.published();
        if (problems.stream().noneMatch(Problem::isError)) {
          holder.follow(loaded.config());
        }
        return problems;
      }
    };
  }

  /// The farm's table first: a source that is bound must not be sent elsewhere because we have just started.
  private void followBindings(FarmStore opened) throws InterruptedException {
    BindingLog log = opened.bindings(bindings.replica(), bindings::drain);
    bindingLog = log;
    bindings.wakes(log::wake);
    if (!log.awaitCaughtUp(FIRST_WORD)) {
      LOG.warn("the farm's bindings have not come yet; new sources go by hashing until they do");
    }
  }

  private static String text(NodeReport report) {
    return new String(WireJson.write(report.status()), StandardCharsets.UTF_8);
  }

  private FarmHome home(Path state) throws StartRefused {
    try {
      if (options.token() != null) {
        return Join.node(state, options.token(), options.name());
      }
      return FarmHome.read(state)
          .orElseThrow(() ->
              new StartRefused(
                  state.toString(),
                  "this node has not joined a farm",
                  "type \"farmctl token create\" where the farm is run, then start with --join"
                      + " TOKEN"));
    } catch (JoinFailed e) {
      throw new StartRefused("--join", String.valueOf(e.getMessage()), e.hint());
    } catch (IOException e) {
      throw new StartRefused(
          state.toString(),
          "the identity of this node cannot be read: " + e.getMessage(),
          "restore it, or remove the directory and join again");
    }
  }

  @Override
  public void reload() {
    LOG.info("the farm says what to serve; there is no file to read again");
  }

  @Override
  public void pause() {
    if (watch != null) {
      watch.close();
    }
    if (drains != null) {
      drains.close();
    }
    if (challenges != null) {
      challenges.close();
    }
    if (tickets != null) {
      tickets.close();
    }
    if (proposals != null) {
      proposals.close();
    }
    if (farmKeys != null) {
      farmKeys.close();
    }
    if (farmCas != null) {
      farmCas.close();
    }
  }

  @Override
  public void close() {
    bell.listener(() -> {});
    if (renewal != null) {
      renewal.close();
    }
    if (announcement != null) {
      announcement.close();
    }
    if (bindingLog != null) {
      bindingLog.close();
    }
    if (store != null) {
      store.close();
    }
  }
}
