/// Ensembles of real coordinators, each a process, that lose members, leaders and links.
@NullMarked
package io.portcullis.farm.ensemble;

import org.jspecify.annotations.NullMarked;
