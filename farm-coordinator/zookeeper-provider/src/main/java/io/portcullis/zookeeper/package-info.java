/// Runs inside the servers of an ensemble that others operate: who of a farm may do what to that farm's znodes.
@NullMarked
package io.portcullis.zookeeper;

import org.jspecify.annotations.NullMarked;
