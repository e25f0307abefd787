package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Finding.Outcome;
import org.serverconsole.adapter.Finding.Subject;
import org.serverconsole.inventory.Server;

/** What an operator is told of a machine before any customer comes. */
class OvirtProbeTest extends OvirtFixture {

    private final List<Finding> found = new ArrayList<>();

    @Test
    void certificateLoginAndConsoleAreTold() throws Exception {
        adapter.probe(server(), found::add);

        assertThat(found).extracting(Finding::subject).containsExactly(Subject.CERTIFICATE, Subject.LOGIN, Subject.CONSOLE);
        // The fake's certificate ends in two days.
        assertThat(found).extracting(Finding::outcome).containsExactly(Outcome.WARNING, Outcome.OK, Outcome.OK);
        assertThat(found.get(0).detail()).startsWith("CN=localhost, valid until ").endsWith(": renew it in time");
        assertThat(found.get(1).detail()).isEqualTo("console@internal");
        assertThat(found.get(2).detail()).isEqualTo("VM " + VM + " has a VNC console, and is up");
    }

    @Test
    void noTicketIsSetAndNoConsoleOpened() throws Exception {
        adapter.probe(server(), found::add);

        assertThat(happened).isEmpty();
        assertThat(engine.requests()).filteredOn(request -> request.method().equals("POST"))
                .allSatisfy(request -> assertThat(request.path()).contains("/sso/"));
        adapter.close();
        assertThat(engine.logins()).isZero();
    }

    @Test
    void aMachineThatIsDownIsNoFault() throws Exception {
        vm.status("down");

        adapter.probe(server(), found::add);

        assertThat(last()).isEqualTo(Finding.ok(Subject.CONSOLE, "VM " + VM + " has a VNC console, and is down"));
    }

    @Test
    void aMachineWithoutVncIsAFault() throws Exception {
        vm.spiceOnly();

        adapter.probe(server(), found::add);

        assertThat(last()).isEqualTo(Finding.fault(
                Subject.CONSOLE, "VM " + VM + " has no VNC console: add VNC to its graphics protocols"));
    }

    @Test
    void aConsoleThatIsEncryptedIsToldAsOne() throws Exception {
        engine.vncEncryption(true);

        adapter.probe(server(), found::add);

        assertThat(last()).isEqualTo(Finding.ok(Subject.CONSOLE, "VM " + VM + " has a VNC console, encrypted, and is up"));
    }

    @Test
    void aWrongPasswordIsALoginsFault() {
        Finding fault = failure(server("password", "wrong"));

        assertThat(fault.subject()).isEqualTo(Subject.LOGIN);
        assertThat(fault.detail()).doesNotContain("wrong");
        assertThat(found).extracting(Finding::subject).containsExactly(Subject.CERTIFICATE);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsACertificatesFault() {
        adapter.start(environment(Optional.empty()));

        Finding fault = failure(server());

        assertThat(fault.subject()).isEqualTo(Subject.CERTIFICATE);
        assertThat(fault.detail()).contains("CN=localhost");
        assertThat(found).isEmpty();
    }

    @Test
    void acceptingAnyCertificateIsWorthAThought() throws Exception {
        adapter.probe(server("ssl_insecure", "1"), found::add);

        assertThat(found.get(0).outcome()).isEqualTo(Outcome.WARNING);
        assertThat(found.get(0).detail()).endsWith(", but not verified (ssl_insecure)");
    }

    @Test
    void aMachineTheEngineDoesNotKnowIsAFault() {
        assertThat(failure(server("plug", "nothing-of-that-name")).subject()).isEqualTo(Subject.CONSOLE);
        assertThatThrownBy(() -> adapter.probe(server("plug", "c0ffee00-0000-4000-8000-000000099999"), found::add))
                .isInstanceOfSatisfying(AdapterException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_SERVER));
    }

    private Finding last() {
        return found.get(found.size() - 1);
    }

    private Finding failure(Server server) {
        AdapterException failure = catchThrowableOfType(
                AdapterException.class, () -> adapter.probe(server, found::add));
        assertThat(failure).as("failure").isNotNull();
        return Finding.of(failure);
    }
}
