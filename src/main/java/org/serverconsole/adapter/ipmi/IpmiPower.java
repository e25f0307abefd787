package org.serverconsole.adapter.ipmi;

import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.inventory.Server;
import org.serverconsole.rmcp.RmcpException;
import org.serverconsole.rmcp.RmcpSession;

/** Power through IPMI's chassis commands (28.2, 28.3). */
final class IpmiPower implements PowerControl {

    private static final int CHASSIS = 0x00;
    private static final int GET_STATUS = 0x01;
    private static final int CONTROL = 0x02;
    private static final int POWER_IS_ON = 0x01;

    private final Sessions sessions;

    /** What is done in a session until a deadline. */
    interface Task<T> {
        T in(RmcpSession session, Deadline deadline) throws RmcpException, InterruptedException;
    }

    /** Where sessions come from. */
    interface Sessions {
        <T> T with(Server server, Task<T> task) throws AdapterException, InterruptedException;
    }

    IpmiPower(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public State status(Server server) throws AdapterException, InterruptedException {
        return sessions.with(server, IpmiPower::status);
    }

    private static State status(RmcpSession session, Deadline deadline) throws RmcpException, InterruptedException {
        byte[] status = session.command(deadline.left(), CHASSIS, GET_STATUS);
        if (status.length == 0) {
            return State.UNKNOWN;
        }
        return (status[0] & POWER_IS_ON) != 0 ? State.ON : State.OFF;
    }

    @Override
    public void perform(Server server, Action action) throws AdapterException, InterruptedException {
        boolean isOff = sessions.with(server, (session, deadline) -> {
            State state = status(session, deadline);
            // Asked for what it is already in, a BMC may refuse; and one that is off may take a reset for an order to start.
            boolean done = state == State.ON && action == Action.ON || state == State.OFF && action == Action.OFF;
            boolean impossible = state == State.OFF && action != Action.ON && action != Action.OFF;
            if (!done && !impossible) {
                session.command(deadline.left(), CHASSIS, CONTROL, code(action));
            }
            return impossible;
        });
        if (isOff) {
            throw new AdapterException(Kind.POWERED_OFF, "the machine is off, and must be on for " + action);
        }
    }

    private static byte code(Action action) {
        return switch (action) {
            case OFF -> 0;
            case ON -> 1;
            case CYCLE -> 2;
            case RESET -> 3;
            case SOFT_OFF -> 5;
        };
    }
}
