package org.serverconsole.adapter.ipmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.Finding;
import org.serverconsole.adapter.Finding.Outcome;
import org.serverconsole.adapter.Finding.Subject;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;

/** What an operator is told of a BMC before any customer comes. */
@Timeout(30)
class IpmiProbeTest {

    private static final String PASSWORD = "OperPass1234";

    private final IpmiAdapter adapter = new IpmiAdapter();
    private final List<Finding> found = new ArrayList<>();
    private FakeBmc bmc;

    @BeforeEach
    void start() throws Exception {
        bmc = FakeBmc.start();
        bmc.addUser(3, "oper", PASSWORD, 3);
        adapter.start(new AdapterEnvironment((target, deadline) -> {
            throw new IllegalStateException("IPMI has no RFB");
        }, new SecureRandom(), Optional.empty()));
    }

    @AfterEach
    void stop() {
        adapter.close();
        bmc.close();
    }

    private Server server(String password) {
        return new Server("30001", "30001", "ipmi", Secret.NONE, Secret.of(password),
                Map.of("ip", "127.0.0.1", "ipport", Integer.toString(bmc.port()), "username", "oper"));
    }

    @Test
    void loginAndConsoleAreToldAndNoConsoleIsActivated() throws Exception {
        adapter.probe(server(PASSWORD), found::add);

        assertThat(found).containsExactly(Finding.ok(Subject.LOGIN, "oper, as operator"),
                Finding.ok(Subject.CONSOLE, "Serial over LAN is enabled"));
        assertThat(bmc.commands()).noneMatch(command -> command.command() == 0x48);
        await().until(() -> bmc.sessions() == 0);
    }

    @Test
    void aConsoleThatIsSwitchedOffIsAFault() throws Exception {
        bmc.solEnabled(false);

        adapter.probe(server(PASSWORD), found::add);

        assertThat(found).last().isEqualTo(
                Finding.fault(Subject.CONSOLE, "Serial over LAN is disabled: enable it for the BMC and the user"));
    }

    @Test
    void aConsoleThatSomebodyHasIsWorthAThought() throws Exception {
        adapter.open(server(PASSWORD), new RecordedOpening());

        adapter.probe(server(PASSWORD), found::add);

        assertThat(found).last().extracting(Finding::outcome).isEqualTo(Outcome.WARNING);
        assertThat(bmc.solActive()).isTrue();
    }

    @Test
    void aBmcThatDoesNotTellLeavesItUnknown() throws Exception {
        bmc.tellsSolConfiguration(false);

        adapter.probe(server(PASSWORD), found::add);

        assertThat(found).extracting(Finding::outcome).containsExactly(Outcome.OK, Outcome.UNKNOWN);
    }

    @Test
    void aWrongPasswordIsALoginsFault() {
        AdapterException failure = catchThrowableOfType(
                AdapterException.class, () -> adapter.probe(server("another-password"), found::add));

        assertThat(Finding.of(failure).subject()).isEqualTo(Subject.LOGIN);
        assertThat(failure).message().doesNotContain("another-password");
        assertThat(found).isEmpty();
    }
}
