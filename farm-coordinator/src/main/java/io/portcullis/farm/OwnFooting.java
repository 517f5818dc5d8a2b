package io.portcullis.farm;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.membership.Growth;
import io.portcullis.farm.server.EmbeddedZooKeeper;
import io.portcullis.farm.server.MemberList;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.Coordinators;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// A member of the ensemble in this process.
final class OwnFooting implements Footing {
  private final FarmHome home;
  private final Enrolment enrolment;
  private final Member member;

  private OwnFooting(FarmHome home, Enrolment enrolment, Member member) {
    this.home = home;
    this.enrolment = enrolment;
    this.member = member;
  }

  /// @param admin `host:port` of this coordinator's admin API
  static OwnFooting start(
      CoordinatorOptions options, Papers papers, String admin, IntConsumer onDeath)
      throws StartFailed, IOException, GeneralSecurityException, InterruptedException {
    Path directory = options.state().resolve("ensemble");
    if (!FarmHome.isIn(options.state())) {
      FarmHome.keepEnsemble(options.state(), null);
    }
    boolean joins = FarmHome.isIn(options.state()) && !MemberList.exists(directory);
    InetSocketAddress zookeeper = papers.zookeeperAddress(joins);
    EmbeddedZooKeeper.requireFree(zookeeper);
    FarmHome home = papers.coordinator(zookeeper, joins);
    String clients = CoordinatorOptions.hostPort(options.advertise(), zookeeper.getPort());
    Enrolment enrolment = new Enrolment(directory, options, home, admin, clients);
    if (joins) {
      enrolment.reserve();
    }
    return new OwnFooting(
        home, enrolment, Member.start(directory, options, zookeeper, home, onDeath));
  }

  @Override
  public FarmHome home() {
    return home;
  }

  @Override
  public void await(FarmStore store) throws StartFailed, IOException, InterruptedException {
    enrolment.awaitStore(store, member.startedFrom());
  }

  /// Its own member serves it, and denies it nothing; the book that it enters itself in says whether it may.
  @Override
  public boolean wasRemoved() {
    return false;
  }

  @Override
  public void enter(FarmStore store, Consumer<Coordinators> places, Runnable removed)
      throws StartFailed, IOException {
    enrolment.enter(store, member.startedFrom(), places, removed);
  }

  @Override
  public AutoCloseable door(FarmStore store, InstantSource clock) {
    return new Admission(store, clock);
  }

  @Override
  public Growth growth(FarmStore store) {
    return new Opening(member, store);
  }

  @Override
  public void close() {
    member.close();
  }
}
