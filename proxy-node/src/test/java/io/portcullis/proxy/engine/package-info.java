/// The engine between real sockets: clients and members that do on cue what real ones do by accident.
@NullMarked
package io.portcullis.proxy.engine;

import org.jspecify.annotations.NullMarked;
