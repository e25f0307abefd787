package org.serverconsole.adapter.ovirt;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ovirt.engine.sdk4.Error;
import org.ovirt.engine.sdk4.builders.TicketBuilder;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.services.VmGraphicsConsoleService;
import org.ovirt.engine.sdk4.services.VmsService;
import org.ovirt.engine.sdk4.types.GraphicsConsole;
import org.ovirt.engine.sdk4.types.GraphicsType;
import org.ovirt.engine.sdk4.types.Host;
import org.ovirt.engine.sdk4.types.Vm;
import org.ovirt.engine.sdk4.types.VmStatus;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.ovirt.OvirtEngine.Pending;
import org.serverconsole.config.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is asked of one engine, in its own words. Remembers for some minutes what hardly ever changes. */
final class OvirtClient {

    /** The hex of its protocol's name is a graphics console's ID, on every machine. */
    static final String VNC_CONSOLE = "766e63";

    /**
     * Where a machine's VNC listens.
     *
     * @param address empty where the engine does not say
     */
    record VncConsole(Optional<String> address, int port) { }

    /** Whether a machine's cluster encrypts VNC, as far as the account may know. */
    enum Encryption { ON, OFF, UNKNOWN }

    private static final Logger LOG = LoggerFactory.getLogger(OvirtClient.class);
    private static final Pattern HOST_LINE = Pattern.compile("(?m)^\\s*host\\s*=\\s*(\\S+)\\s*$");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final OvirtEngine engine;
    private final Clock clock;
    private final HostTrust hostTrust;
    private final Map<String, Remembered<String>> ids = new ConcurrentHashMap<>();
    private final Map<String, Remembered<Encryption>> encryptions = new ConcurrentHashMap<>();
    private final Map<String, Remembered<Encryption>> clusters = new ConcurrentHashMap<>();

    private record Remembered<T>(T value, Instant until) { }

    OvirtClient(OvirtEngine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
        hostTrust = new HostTrust(engine, clock);
    }

    OvirtEngine engine() {
        return engine;
    }

    /** The ID of the machine of that name. */
    String idOf(String name, Deadline deadline) throws AdapterException, InterruptedException {
        Optional<String> known = recall(ids, name);
        if (known.isPresent()) {
            return known.get();
        }
        List<String> found = engine.start(system -> named(system.vmsService(), name)).await(deadline);
        if (found.size() != 1) {
            throw new AdapterException(Kind.UNKNOWN_SERVER, found.isEmpty()
                    ? "the engine shows this account no virtual machine named '" + name + "'"
                    : found.size() + " virtual machines are named '" + name + "': write the ID of one as plug");
        }
        remember(ids, name, found.get(0));
        return found.get(0);
    }

    private static List<String> named(VmsService vms, String name) {
        VmsService.ListRequest request = vms.list();
        if (PLAIN_NAME.matcher(name).matches()) {
            request.search("name=" + name);
        }
        // With the header Filter the engine ignores the search, and a search ignores case.
        return request.send().vms().stream().filter(vm -> name.equals(vm.name())).map(Vm::id).toList();
    }

    /** The machine's VNC console as it runs now; none where it is down, or has no VNC. */
    Pending<Optional<VncConsole>> console(String vm) {
        // Without "current" the engine tells neither address nor port.
        return engine.start(system -> system.vmsService().vmService(vm).graphicsConsolesService().list().current(true)
                .send().consoles().stream()
                .filter(console -> console.protocolPresent() && console.protocol() == GraphicsType.VNC && console.portPresent())
                .findFirst()
                .map(OvirtClient::console));
    }

    private static VncConsole console(GraphicsConsole console) {
        // A host whose console address the engine has not been told is "0" to it.
        return new VncConsole(Optional.ofNullable(console.address()).map(String::strip)
                .filter(address -> !address.isEmpty() && !address.equals("0")), console.portAsInteger());
    }

    /** Whether the machine has VNC among its consoles, running or not. */
    Pending<Boolean> hasVnc(String vm) {
        return engine.start(system -> system.vmsService().vmService(vm).graphicsConsolesService().list().send().consoles().stream()
                .anyMatch(console -> console.protocolPresent() && console.protocol() == GraphicsType.VNC));
    }

    /** Sets the machine's one ticket. It ends the one before it, but no viewer. */
    Pending<Boolean> ticket(String vm, String console, Secret value, Duration expiry) {
        return engine.start(system -> {
            // Left out, the expiry would be two hours; 0 would be never.
            console(system, vm, console).ticket()
                    .ticket(new TicketBuilder().value(value.reveal()).expiry(expiry.toSeconds()))
                    .send();
            return true;
        }, value.reveal());
    }

    /** The machine's file for virt-viewer, without the engine's token; it sets a new ticket of 120 s. */
    Pending<Secret> viewerFile(String vm) {
        return engine.start(system -> Secret.of(ViewerFile.stripped(String.valueOf(
                console(system, vm, VNC_CONSOLE).remoteViewerConnectionFile().send().remoteViewerConnectionFile()))));
    }

    /** The address in the machine's .vv file; asking for it replaces the machine's ticket. */
    Pending<Optional<String>> fileAddress(String vm) {
        return engine.start(system -> {
            // The file holds tokens: only the address leaves this call.
            Matcher host = HOST_LINE.matcher(String.valueOf(
                    console(system, vm, VNC_CONSOLE).remoteViewerConnectionFile().send().remoteViewerConnectionFile()));
            return host.find() ? Optional.of(host.group(1)) : Optional.<String>empty();
        });
    }

    Pending<Optional<VmStatus>> status(String vm) {
        return engine.start(system -> Optional.ofNullable(system.vmsService().vmService(vm).get().send().vm().status()));
    }

    /** Done when the engine has accepted it. */
    Pending<Boolean> start(String vm) {
        return engine.start(system -> {
            system.vmsService().vmService(vm).start().send();
            return true;
        });
    }

    /** As if the plug were pulled. */
    Pending<Boolean> stop(String vm) {
        return engine.start(system -> {
            system.vmsService().vmService(vm).stop().send();
            return true;
        });
    }

    /** Asks the machine's operating system, through its agent or ACPI. */
    Pending<Boolean> shutdown(String vm) {
        return engine.start(system -> {
            system.vmsService().vmService(vm).shutdown().send();
            return true;
        });
    }

    /** The same, to begin anew. */
    Pending<Boolean> reboot(String vm) {
        return engine.start(system -> {
            system.vmsService().vmService(vm).reboot().send();
            return true;
        });
    }

    Pending<Encryption> encryption(String vm) {
        return engine.start(system -> {
            Vm found = system.vmsService().vmService(vm).get().send().vm();
            Encryption encryption = found.clusterPresent() ? cluster(system, found.cluster().id()) : Encryption.UNKNOWN;
            remember(encryptions, vm, encryption);
            return encryption;
        });
    }

    Optional<Encryption> knownEncryption(String vm) {
        return recall(encryptions, vm);
    }

    private Encryption cluster(SystemService system, String id) {
        Optional<Encryption> known = recall(clusters, id);
        if (known.isPresent()) {
            return known.get();
        }
        // An account for consoles need not see clusters. The RFB handshake meets the encryption, if any.
        Encryption encryption = ifShown("cluster " + id, () -> system.clustersService().clusterService(id).get().send().cluster())
                .map(cluster -> cluster.vncEncryptionPresent() && cluster.vncEncryption() ? Encryption.ON : Encryption.OFF)
                .orElse(Encryption.UNKNOWN);
        remember(clusters, id, encryption);
        return encryption;
    }

    /** The address of the host the machine runs on now; empty where the account is not shown it. */
    Pending<Optional<String>> hostAddress(String vm) {
        return engine.start(system -> Optional.ofNullable(system.vmsService().vmService(vm).get().send().vm().host())
                .flatMap(host -> ifShown("host " + host.id(), () -> system.hostsService().hostService(host.id()).get().send().host()))
                .map(Host::address));
    }

    private static <T> Optional<T> ifShown(String what, Supplier<T> question) {
        try {
            return Optional.of(question.get());
        } catch (Error e) {
            if (!EngineRefusal.isAnswer(e) || EngineRefusal.ofToken(e)) {
                throw e;
            }
            LOG.debug("{} is not shown to this account", what);
            return Optional.empty();
        }
    }

    /** Which certificate its hosts may show. */
    HostTrust hostTrust() {
        return hostTrust;
    }

    private static VmGraphicsConsoleService console(SystemService system, String vm, String console) {
        return system.vmsService().vmService(vm).graphicsConsolesService().consoleService(console);
    }

    private <T> Optional<T> recall(Map<String, Remembered<T>> memory, String key) {
        return Optional.ofNullable(memory.get(key)).filter(found -> clock.instant().isBefore(found.until()))
                .map(Remembered::value);
    }

    private <T> void remember(Map<String, Remembered<T>> memory, String key, T value) {
        memory.put(key, new Remembered<>(value, clock.instant().plus(REMEMBERED)));
    }
}
