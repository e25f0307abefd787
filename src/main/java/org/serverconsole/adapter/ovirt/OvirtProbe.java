package org.serverconsole.adapter.ovirt;

import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import org.ovirt.engine.sdk4.types.VmStatus;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.CertificateProbe;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Finding.Subject;
import org.serverconsole.adapter.ovirt.OvirtClient.Encryption;

/** Looks whether a machine's console could be had, without setting a ticket. */
record OvirtProbe(OvirtOptions options, OvirtClient client, Clock clock) {

    private static final int HTTPS = 443;

    void look(Consumer<Finding> found) throws AdapterException, InterruptedException {
        URI url = URI.create(options.access().url());
        found.accept(new CertificateProbe(options.access().trust(), clock)
                .look(url.getHost(), url.getPort() < 0 ? HTTPS : url.getPort(), options.access().timeout()));
        Deadline deadline = Deadline.in(options.access().timeout());
        client.engine().logIn(deadline);
        found.accept(Finding.ok(Subject.LOGIN, options.access().username()));
        String vm = options.plugIsId() ? options.plug() : client.idOf(options.plug(), deadline);
        Optional<VmStatus> status = client.status(vm).await(deadline);
        found.accept(console(vm, status, deadline));
    }

    private Finding console(String vm, Optional<VmStatus> status, Deadline deadline)
            throws AdapterException, InterruptedException {
        if (!client.hasVnc(vm).await(deadline)) {
            return Finding.fault(Subject.CONSOLE, "VM " + vm + " has no VNC console: add VNC to its graphics protocols");
        }
        return Finding.ok(Subject.CONSOLE, "VM " + vm + " has a VNC console"
                + (client.encryption(vm).await(deadline) == Encryption.ON ? ", encrypted, and is " : ", and is ")
                + status.map(VmStatus::value).orElse("in a state that the engine does not tell"));
    }
}
