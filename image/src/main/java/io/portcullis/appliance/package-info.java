/// What an appliance does at boot: reads the operator's settings, checks them as a whole, and turns them into the
/// configuration of the network, the firewall, the clock and our services. Pure but for [Appliance], which reads and writes files.
@NullMarked
package io.portcullis.appliance;

import org.jspecify.annotations.NullMarked;
