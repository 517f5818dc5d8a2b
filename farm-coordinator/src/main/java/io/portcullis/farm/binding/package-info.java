/// Source-address bindings as a replicated state machine: which member owns a source, decided by the order of a log.
///
/// Pure: no clock, no network, no thread. [io.portcullis.farm.binding.BindingTable] is the state, `BindingBatch` what travels,
/// [io.portcullis.farm.binding.BindingReplica] one process's part in it. Whoever has a log drives them: `store.BindingLog` with
/// ZooKeeper, a node alone with none, the simulation with a scripted one.
@NullMarked
package io.portcullis.farm.binding;

import org.jspecify.annotations.NullMarked;
