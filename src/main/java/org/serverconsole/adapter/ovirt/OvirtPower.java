package org.serverconsole.adapter.ovirt;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ovirt.engine.sdk4.types.VmStatus;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.inventory.Server;

/**
 * Power of virtual machines. A reset is the engine's {@code reboot}, which the machine's operating system must follow, since
 * the SDK knows no other; a cycle is {@code stop} and {@code start}, and works on one that has crashed.
 */
final class OvirtPower implements PowerControl {

    /** From an inventory entry to its machine. */
    @FunctionalInterface
    interface Machines {
        Machine of(Server server) throws AdapterException, InterruptedException;
    }

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Machines machines;

    OvirtPower(Machines machines) {
        this.machines = machines;
    }

    @Override
    public State status(Server server) throws AdapterException, InterruptedException {
        return state(machines.of(server));
    }

    private static State state(Machine machine) throws AdapterException, InterruptedException {
        Optional<VmStatus> status = machine.client().status(machine.vm()).await(machine.deadline());
        return status.map(OvirtPower::state).orElse(State.UNKNOWN);
    }

    private static State state(VmStatus status) {
        return switch (status) {
            case UP, PAUSED, POWERING_UP, POWERING_DOWN, REBOOT_IN_PROGRESS, MIGRATING, WAIT_FOR_LAUNCH, RESTORING_STATE -> State.ON;
            case DOWN, SUSPENDED -> State.OFF;
            case IMAGE_LOCKED, NOT_RESPONDING, SAVING_STATE, UNASSIGNED, UNKNOWN -> State.UNKNOWN;
        };
    }

    @Override
    public void perform(Server server, Action action) throws AdapterException, InterruptedException {
        Machine machine = machines.of(server);
        State state = state(machine);
        if (state == State.ON && action == Action.ON || state == State.OFF && action == Action.OFF) {
            return;
        }
        if (state == State.OFF && action != Action.ON) {
            throw new AdapterException(Kind.POWERED_OFF, "VM " + machine.vm() + " is off: no " + action + " then");
        }
        try {
            perform(machine, action);
        } catch (AdapterException e) {
            // What the engine refuses a running machine in such words is not that it is off.
            throw e.kind() == Kind.POWERED_OFF ? new AdapterException(Kind.PROTOCOL, e.getMessage(), e) : e;
        }
    }

    private static void perform(Machine machine, Action action) throws AdapterException, InterruptedException {
        OvirtClient client = machine.client();
        switch (action) {
            case ON -> client.start(machine.vm()).await(machine.deadline());
            case OFF -> client.stop(machine.vm()).await(machine.deadline());
            case SOFT_OFF -> client.shutdown(machine.vm()).await(machine.deadline());
            case RESET -> client.reboot(machine.vm()).await(machine.deadline());
            case CYCLE -> {
                client.stop(machine.vm()).await(machine.deadline());
                while (state(machine) != State.OFF) {
                    TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                }
                client.start(machine.vm()).await(machine.deadline());
            }
        }
    }
}
