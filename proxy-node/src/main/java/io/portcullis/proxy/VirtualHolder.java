package io.portcullis.proxy;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's part in the farm's virtual addresses. The node has no right to change addresses: it says what it may hold in a file that
/// the system's part (keepalived on an appliance) follows, and reports what it finds on its cards.
final class VirtualHolder {

  private static final Logger LOG = LoggerFactory.getLogger(VirtualHolder.class);

  private final String node;
  private final Path file;
  private volatile List<String> addresses = List.of();

  /// @param node this node's id in the farm
  VirtualHolder(String node, Path state) {
    this.node = node;
    this.file = state.toAbsolutePath().resolve("virtual-addresses");
  }

  /// A configuration is served now. The file outlives the process, so that a restart changes nothing.
  void follow(FarmConfig config) {
    addresses =
        config.virtualAddresses().stream().flatMap(group -> group.addresses().stream()).toList();
    try {
      if (addresses.isEmpty() && !Files.exists(file)) {
        return;
      }
      String text = VirtualPlan.text(node, config);
      if (!Files.exists(file) || !Files.readString(file).equals(text)) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.write(part, text.getBytes(StandardCharsets.US_ASCII));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      LOG.error("{} cannot be written, so virtual addresses stay where they are: {}", file, e);
    }
  }

  /// Those of the farm's virtual addresses that are on this machine's cards.
  List<String> holds() {
    List<String> wanted = addresses;
    if (wanted.isEmpty()) {
      return List.of();
    }
    try {
      Set<InetAddress> here =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .collect(Collectors.toSet());
      return wanted.stream()
          .filter(text ->
              Network.parse(text).filter(network -> here.contains(network.address())).isPresent())
          .toList();
    } catch (SocketException e) {
      LOG.debug("the addresses of this machine cannot be listed", e);
      return List.of();
    }
  }
}
