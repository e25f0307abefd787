package org.serverconsole.adapter.redfish;

import java.time.Clock;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.CertificateProbe;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Finding.Subject;

/** Looks at a BMC for the operator, as far as that is the same for all vendors: its certificate, and our login. */
public record RedfishProbe(Redfish bmc, Clock clock) {

    /** What is the vendor's own to look at. */
    @FunctionalInterface
    public interface Rest {
        void look(Turn turn) throws AdapterException, InterruptedException;
    }

    /**
     * Looks, and then at the rest.
     *
     * @param found told each finding as it is made
     * @throws AdapterException what stood in the way of looking any further
     */
    public void look(Consumer<Finding> found, Rest rest) throws AdapterException, InterruptedException {
        BmcAccess access = bmc.access();
        found.accept(new CertificateProbe(access.trust(), clock).look(access.host(), access.port(), access.timeout()));
        try (Turn turn = bmc.turn(Deadline.in(access.timeout()))) {
            turn.session();
            found.accept(Finding.ok(Subject.LOGIN, access.username()));
            rest.look(turn);
        }
    }
}
