package io.portcullis.farm;

import io.portcullis.farm.api.AdminServer;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.membership.AuthorityKeeper;
import io.portcullis.farm.server.EmbeddedZooKeeper;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/// What a coordinator that runs does with a new identity: its admin API and its member of the ensemble show it and judge by it, without a stop.
final class Reissue implements AuthorityKeeper.Self {
  private final Papers papers;
  private final FarmStore store;
  private final FarmHome home;
  private volatile @Nullable AdminServer admin;

  Reissue(Papers papers, FarmStore store, FarmHome home) {
    this.papers = papers;
    this.store = store;
    this.home = home;
  }

  void judges(AdminServer opened) {
    admin = opened;
  }

  @Override
  public IdentityFile issue(IdentityFile present) throws GeneralSecurityException {
    return papers.reissued(present);
  }

  @Override
  public void operator() throws IOException, GeneralSecurityException {
    papers.operatorFollows(store);
  }

  @Override
  public void judgeBy(IdentityFile identity) throws IOException, GeneralSecurityException {
    if (!home.isGuest()) {
      EmbeddedZooKeeper.judgeBy(home);
    }
    AdminServer open = admin;
    if (open != null) {
      open.use(identity);
    }
  }
}
