package org.serverconsole.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.adapter.redfish.BmcHttp;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeXcc;
import org.serverconsole.inventory.Server;

@Timeout(60)
class RedfishLoginTest {

    private static final String ACTION = "/redfish/v1/Managers/1/Oem/Lenovo/RemoteControl/Actions/"
            + "LenovoRemoteControlService.GetRemoteConsoleToken";
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private FakeXcc bmc;
    private WebClient web;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
    }

    @BeforeEach
    void start() {
        bmc = FakeXcc.start(certificate);
        Server server = new Server("50000", "50000", "xcc", Secret.NONE, Secret.of(bmc.password()),
                Map.of("ip", "127.0.0.1", "ipport", Integer.toString(bmc.port()), "username", "console"));
        web = new WebClient(new BmcHttp(threads), BmcAccess.of(server, Optional.of(certificate.pem())));
    }

    @AfterEach
    void stop() {
        bmc.close();
        threads.shutdown();
    }

    private RedfishLogin login() throws Exception {
        return RedfishLogin.in(web, Deadline.in(LONG));
    }

    private Optional<?> act(RedfishLogin login) throws Exception {
        return login.post(web, ACTION, Secret.of("{}"), Deadline.in(LONG));
    }

    @ParameterizedTest
    @CsvSource({"401, Base.1.8.NoValidSession, REJECTED_CREDENTIALS", "403, '', REJECTED_CREDENTIALS", "404, '', UNSUPPORTED",
        "503, IDRAC.2.4.RAC0218, BUSY", "503, Base.1.8.SessionLimitExceeded, BUSY", "503, Base.1.8.ServiceTemporarilyUnavailable, UNREACHABLE",
        "503, '', UNREACHABLE", "500, Base.1.8.InternalError, PROTOCOL"})
    void aLoginThatIsRefusedIsToldAsWhatItIs(int status, String messageId, Kind kind) {
        bmc.refuse("/Sessions", status, messageId);

        AdapterException refused = catchThrowableOfType(AdapterException.class, this::login);

        assertThat(refused).hasMessageContaining("HTTP " + status).hasMessageNotContaining(bmc.password())
                .extracting(AdapterException::kind).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"403, Base.1.8.InsufficientPrivilege, REJECTED_CREDENTIALS", "503, IDRAC.2.4.RAC0218, BUSY", "503, '', UNREACHABLE",
        "200, IDRAC.2.4.SYS410, PROTOCOL"})
    void anActionThatIsRefusedIsToldAsWhatItIs(int status, String messageId, Kind kind) throws Exception {
        RedfishLogin login = login();
        bmc.refuse(ACTION, status, messageId);

        AdapterException refused = catchThrowableOfType(AdapterException.class, () -> act(login));

        assertThat(refused).hasMessageContaining("HTTP " + status).hasMessageNotContaining(bmc.password())
                .extracting(AdapterException::kind).isEqualTo(kind);
    }

    @Test
    void anActionThatThereIsNotIsEmpty() throws Exception {
        RedfishLogin login = login();
        bmc.refuse(ACTION, 404, "Base.1.8.ResourceMissingAtURI");

        assertThat(act(login)).isEmpty();
    }
}
