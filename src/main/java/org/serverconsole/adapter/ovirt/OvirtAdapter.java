package org.serverconsole.adapter.ovirt;

import io.netty.channel.Channel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.ovirt.engine.sdk4.types.VmStatus;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.Opening.Step;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.VncPassword;
import org.serverconsole.adapter.ovirt.OvirtClient.Encryption;
import org.serverconsole.adapter.ovirt.OvirtClient.VncConsole;
import org.serverconsole.adapter.ovirt.OvirtEngine.Pending;
import org.serverconsole.adapter.ovirt.OvirtOptions.Access;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rfb.RfbException;
import org.serverconsole.rfb.RfbTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consoles of virtual machines of oVirt and RHV 4.4 and newer (the engine's REST API, version 4). The engine sets the
 * ticket that the machine's QEMU then accepts as VNC password, for 120 seconds; a viewer that is in stays in until its
 * connection is cut.
 *
 * <p>Options: {@code url}, {@code username}, {@code password}, {@code plug} (the machine's ID or name), {@code tls} and
 * {@code ssl_insecure} (see {@link org.serverconsole.adapter.Trust}), {@code filter} (default 1: the account is no
 * administrator), {@code timeout} (1 to 60 s for all of one opening, default 10).
 */
public final class OvirtAdapter implements ConsoleAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(OvirtAdapter.class);
    private static final Duration TICKET_EXPIRY = Duration.ofSeconds(120);
    // 0 would be a ticket that never ends.
    private static final Duration REVOKED_EXPIRY = Duration.ofSeconds(1);
    private static final Duration SHORTEST_HANDSHAKE = Duration.ofSeconds(1);
    private static final Duration LOGOUT_TIME = Duration.ofSeconds(3);
    private static final Set<VmStatus> WITH_CONSOLE = Set.of(VmStatus.UP, VmStatus.PAUSED, VmStatus.POWERING_UP,
            VmStatus.POWERING_DOWN, VmStatus.REBOOT_IN_PROGRESS);
    private static final Set<VmStatus> OFF = Set.of(VmStatus.DOWN, VmStatus.SUSPENDED, VmStatus.IMAGE_LOCKED,
            VmStatus.SAVING_STATE, VmStatus.UNASSIGNED);
    private static final Map<String, String> PARAMETERS =
            Map.of("encodings", "tight zrle ultra copyrect hextile zlib corre rre raw");

    private final Clock clock;
    private final Map<Access, OvirtClient> clients = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor alarms;
    private volatile Optional<AdapterEnvironment> environment = Optional.empty();

    public OvirtAdapter() {
        this(Clock.systemUTC());
    }

    OvirtAdapter(Clock clock) {
        this.clock = clock;
        alarms = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "ovirt deadlines");
            thread.setDaemon(true);
            return thread;
        });
        alarms.setRemoveOnCancelPolicy(true);
    }

    @Override
    public String type() {
        return "ovirt";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return OvirtOptions.problem(server);
    }

    @Override
    public List<ServerRule.Problem> checkAll(Server server) {
        return OvirtOptions.problems(server);
    }

    @Override
    public Set<String> options() {
        return OvirtOptions.names();
    }

    @Override
    public void start(AdapterEnvironment environment) {
        this.environment = Optional.of(environment);
    }

    /** Its password ends after 120 s. A live console of ours goes on, since a new ticket drops nobody. */
    @Override
    public Secret viewerFile(Server server) throws AdapterException, InterruptedException {
        Machine machine = machine(server);
        try {
            return machine.client().viewerFile(machine.vm()).await(machine.deadline());
        } catch (AdapterException e) {
            throw explained(e, machine);
        }
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
        opening.step(Step.ASKING_VENDOR);
        Machine machine = machine(server);
        opening.lease(Map.of("vm", machine.vm(), "console", OvirtClient.VNC_CONSOLE));
        return connect(machine, opening);
    }

    private Machine machine(Server server) throws AdapterException, InterruptedException {
        OvirtOptions options = OvirtOptions.of(server, environment().caFile());
        Deadline deadline = Deadline.in(options.access().timeout());
        OvirtClient client = client(options.access());
        client.engine().logIn(deadline);
        String vm = options.plugIsId() ? options.plug() : client.idOf(options.plug(), deadline);
        return new Machine(client, vm, deadline);
    }

    @Override
    public void probe(Server server, Consumer<Finding> found) throws AdapterException, InterruptedException {
        OvirtOptions options = OvirtOptions.of(server, environment().caFile());
        new OvirtProbe(options, client(options.access()), clock).look(found);
    }

    private ConsoleStream connect(Machine vm, Opening opening) throws AdapterException, InterruptedException {
        Secret ticket = ticket();
        Found found = askTogether(vm, ticket);
        String address = found.console().address().isPresent() ? found.console().address().get() : addressOfFile(vm, ticket);
        RfbTarget target = target(vm, found.encryption(), RfbTarget.at(address, found.console().port()));
        opening.step(Step.CONNECTING_CONSOLE);
        try {
            return stream(vm, target.withPassword(ticket));
        } catch (RfbException e) {
            if (e.reason() != RfbException.Reason.REJECTED_PASSWORD) {
                throw AdapterException.of(e);
            }
            LOG.info("VM {} refused its ticket, setting another", vm.vm());
        }
        // Somebody else's ticket has replaced ours. Once more, not for ever: two gateways would keep each other out.
        Secret another = ticket();
        set(vm, another);
        try {
            return stream(vm, target.withPassword(another));
        } catch (RfbException e) {
            throw AdapterException.of(e);
        }
    }

    private ConsoleStream stream(Machine vm, RfbTarget target) throws RfbException, InterruptedException {
        Channel channel = environment().rfb().connect(target, vm.deadline().leftOr(SHORTEST_HANDSHAKE));
        return new ConsoleStream(ConsoleStream.Protocol.RFB, channel, PARAMETERS);
    }

    /** What an encrypted cluster's host must prove. Where the cluster is not shown, it must if it offers to encrypt. */
    private static RfbTarget target(Machine vm, Encryption encryption, RfbTarget target)
            throws AdapterException, InterruptedException {
        return switch (encryption) {
            case OFF -> target;
            case ON -> target.requiring(vm.client().hostTrust().of(
                    target.host(), vm.client().hostAddress(vm.vm()).await(vm.deadline()), vm.deadline()));
            case UNKNOWN -> trustingIfPossible(vm, target);
        };
    }

    private static RfbTarget trustingIfPossible(Machine vm, RfbTarget target) throws InterruptedException {
        try {
            return target.trusting(vm.client().hostTrust().of(target.host(), Optional.empty(), vm.deadline()));
        } catch (AdapterException e) {
            LOG.debug("no certificate can be verified: {}", e.getMessage());
            return target;
        }
    }

    /** What the engine says of a machine's console. */
    private record Found(VncConsole console, Encryption encryption) { }

    /** Address and ticket do not depend on each other: the customer waits for the slower one only. */
    private Found askTogether(Machine vm, Secret ticket) throws AdapterException, InterruptedException {
        OvirtClient client = vm.client();
        Optional<Encryption> known = client.knownEncryption(vm.vm());
        Optional<Pending<Encryption>> asked = known.isPresent() ? Optional.empty() : Optional.of(client.encryption(vm.vm()));
        Pending<Optional<VncConsole>> consoles = client.console(vm.vm());
        Pending<Boolean> set = client.ticket(vm.vm(), OvirtClient.VNC_CONSOLE, ticket, TICKET_EXPIRY);
        VncConsole console;
        try {
            console = consoles.await(vm.deadline()).orElseThrow(() -> new AdapterException(
                    Kind.UNSUPPORTED, "VM " + vm.vm() + " has no VNC console: add VNC to its graphics protocols"));
            set.await(vm.deadline());
        } catch (AdapterException e) {
            asked.ifPresent(Pending::abandon);
            set.abandon();
            throw explained(e, vm);
        }
        return new Found(console, asked.isPresent() ? readable(asked.get(), vm) : known.get());
    }

    private static Encryption readable(Pending<Encryption> asked, Machine vm) throws InterruptedException {
        try {
            return asked.await(vm.deadline());
        } catch (AdapterException e) {
            LOG.debug("whether VNC is encrypted cannot be read: {}", e.getMessage());
            return Encryption.UNKNOWN;
        }
    }

    /** Asking for the file has replaced the ticket, so that it must be set again. */
    private String addressOfFile(Machine vm, Secret ticket) throws AdapterException, InterruptedException {
        try {
            Optional<String> address = vm.client().fileAddress(vm.vm()).await(vm.deadline());
            set(vm, ticket);
            return address.orElseThrow(() -> new AdapterException(Kind.PROTOCOL,
                    "the engine tells no address for the console of VM " + vm.vm()));
        } catch (AdapterException e) {
            throw explained(e, vm);
        }
    }

    private static void set(Machine vm, Secret ticket) throws AdapterException, InterruptedException {
        vm.client().ticket(vm.vm(), OvirtClient.VNC_CONSOLE, ticket, TICKET_EXPIRY).await(vm.deadline());
    }

    /** What the engine refused may be for the state the machine is in; that it says elsewhere. */
    private static AdapterException explained(AdapterException refusal, Machine vm) throws InterruptedException {
        if (!Set.of(Kind.POWERED_OFF, Kind.UNSUPPORTED, Kind.PROTOCOL).contains(refusal.kind())) {
            return refusal;
        }
        try {
            Optional<VmStatus> status = vm.client().status(vm.vm()).await(vm.deadline());
            if (status.filter(OFF::contains).isPresent()) {
                return new AdapterException(Kind.POWERED_OFF, "VM " + vm.vm() + " is " + status.get().value());
            }
            if (status.filter(state -> !WITH_CONSOLE.contains(state)).isPresent()) {
                return new AdapterException(Kind.UNREACHABLE,
                        "VM " + vm.vm() + " is " + status.get().value() + ": no console before that has ended");
            }
            return status.isPresent() && refusal.kind() == Kind.POWERED_OFF
                    ? new AdapterException(Kind.PROTOCOL, refusal.getMessage()) : refusal;
        } catch (AdapterException e) {
            LOG.debug("state of VM {} cannot be read: {}", vm.vm(), e.getMessage());
            return refusal;
        }
    }

    /**
     * Replaces the ticket by one nobody knows that ends at once. A viewer that is in stays in: cutting it is up to whoever
     * holds its channel.
     */
    @Override
    public void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
        Access access = OvirtOptions.of(server, environment().caFile()).access();
        Machine vm = new Machine(client(access), undo.get("vm"), Deadline.in(access.timeout()));
        try {
            vm.client().ticket(vm.vm(), undo.get("console"), ticket(), REVOKED_EXPIRY).await(vm.deadline());
        } catch (AdapterException refusal) {
            AdapterException e = explained(refusal, vm);
            // Gone, off, or holding a ticket of somebody else's: ours opens nothing any more.
            if (!Set.of(Kind.UNKNOWN_SERVER, Kind.POWERED_OFF, Kind.BUSY).contains(e.kind())) {
                throw e;
            }
            LOG.info("ticket of VM {} is gone already: {}", vm.vm(), e.getMessage());
        }
    }

    @Override
    public Optional<PowerControl> power() {
        return Optional.of(new OvirtPower(this::machine));
    }

    /** The engine; its machines need not wait for each other. */
    @Override
    public String managementSystem(Server server) {
        return type() + " " + OvirtOptions.of(server, environment().caFile()).access().host();
    }

    private Secret ticket() {
        return VncPassword.random(environment().random());
    }

    private OvirtClient client(Access access) {
        return clients.computeIfAbsent(access, missing -> new OvirtClient(
                new OvirtEngine(missing, alarms), clock));
    }

    private AdapterEnvironment environment() {
        return environment.orElseThrow(() -> new IllegalStateException("adapter ovirt has not been started"));
    }

    @Override
    public void close() {
        List<OvirtEngine> engines = clients.values().stream().map(OvirtClient::engine).toList();
        clients.clear();
        Deadline deadline = Deadline.in(LOGOUT_TIME);
        engines.forEach(OvirtEngine::close);
        try {
            for (OvirtEngine engine : engines) {
                engine.awaitClosed(deadline);
            }
        } catch (InterruptedException e) {
            // Whoever interrupts wants to be done; the tokens end by themselves.
            Thread.currentThread().interrupt();
        } finally {
            alarms.shutdownNow();
        }
    }
}
