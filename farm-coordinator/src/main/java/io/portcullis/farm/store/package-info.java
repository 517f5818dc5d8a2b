/// The farm's state in ZooKeeper; the only package that imports Curator.
///
/// Start at [io.portcullis.farm.store.FarmStore]; every znode path is in `FarmPaths`, every access list in `FarmAcls`.
///
/// `BindingLog` drives a process's part in the replicated log of source-address bindings by the same rule as `FarmWatch`: a watch is a
/// hint, the cursor is the truth.
@NullMarked
package io.portcullis.farm.store;

import org.jspecify.annotations.NullMarked;
