package org.serverconsole.adapter.ipmi;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Finding.Subject;
import org.serverconsole.adapter.lan.IpmiClient;
import org.serverconsole.rmcp.RmcpException;
import org.serverconsole.rmcp.RmcpSession;
import org.serverconsole.rmcp.Sol;

/** Looks whether a BMC's serial console could be had, without activating it. IPMI has no certificates. */
record IpmiProbe(IpmiOptions options, IpmiClient client) {

    void look(Consumer<Finding> found) throws AdapterException, InterruptedException {
        Deadline deadline = Deadline.in(options.timeout());
        found.accept(client.once(options.peer(), options.privilege(), deadline, session -> {
            found.accept(Finding.ok(Subject.LOGIN, options.username() + ", as " + options.privilege().name().toLowerCase(Locale.ROOT)));
            return console(session, deadline);
        }));
    }

    private static Finding console(RmcpSession session, Deadline deadline) throws RmcpException, InterruptedException {
        Sol sol = new Sol(session);
        Optional<Boolean> enabled = sol.enabled(deadline.left());
        if (enabled.isEmpty()) {
            return new Finding(Subject.CONSOLE, Finding.Outcome.UNKNOWN,
                    "the BMC does not tell whether its Serial over LAN is enabled; open a console to see");
        }
        if (!enabled.get()) {
            return Finding.fault(Subject.CONSOLE, "Serial over LAN is disabled: enable it for the BMC and the user");
        }
        return sol.owner(deadline.left()).isPresent()
                ? Finding.warning(Subject.CONSOLE, "Serial over LAN is enabled, and active in another session")
                : Finding.ok(Subject.CONSOLE, "Serial over LAN is enabled");
    }
}
