package org.serverconsole.adapter.redfish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.adapter.PowerControl.State;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeIdrac;
import org.serverconsole.inventory.Server;

@Timeout(30)
class RedfishPowerTest {

    @TempDir
    private static Path workDir;
    private static Certificate certificate;
    private FakeIdrac fake;
    private RedfishBmcs bmcs;
    private RedfishPower power;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(workDir);
    }

    @BeforeEach
    void start() {
        fake = FakeIdrac.start(certificate, 0, FakeIdrac.Firmware.IDRAC9, 5901, (enabled, password) -> { });
        bmcs = new RedfishBmcs(Optional.of(fake.caFile()));
        power = new RedfishPower(bmcs);
    }

    @AfterEach
    void stop() {
        bmcs.close();
        fake.close();
    }

    @ParameterizedTest
    @CsvSource({"On,ON", "Off,OFF", "PoweringOn,UNKNOWN", "PoweringOff,UNKNOWN", "Paused,UNKNOWN"})
    void theStateIsWhatTheBmcSays(String said, State state) throws Exception {
        fake.powerState(said);

        assertThat(power.status(server(Map.of()))).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"On,OFF,ForceOff", "On,SOFT_OFF,GracefulShutdown", "On,CYCLE,PowerCycle", "On,RESET,ForceRestart", "Off,ON,On",
        "PoweringOff,ON,On", "PoweringOn,OFF,ForceOff"})
    void everyActionIsTheResetOfThatName(String before, Action action, String reset) throws Exception {
        fake.powerState(before);

        power.perform(server(Map.of()), action);

        assertThat(fake.resets()).containsExactly(reset);
    }

    @ParameterizedTest
    @CsvSource({"On,ON", "Off,OFF"})
    void whatIsSoAlreadyIsNotAskedFor(String before, Action action) throws Exception {
        fake.powerState(before);

        power.perform(server(Map.of()), action);

        assertThat(fake.resets()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Action.class, names = {"SOFT_OFF", "CYCLE", "RESET"})
    void aMachineThatIsOffCannotBeRestarted(Action action) {
        fake.powerState("Off");

        assertThat(refusal(server(Map.of()), action).kind()).isEqualTo(Kind.POWERED_OFF);
        assertThat(fake.resets()).isEmpty();
    }

    @Test
    void anActionTheBmcDoesNotOfferIsUnsupported() {
        fake.resetTypes("On", "ForceOff");

        assertThat(refusal(server(Map.of()), Action.CYCLE)).hasMessageContaining("offers no CYCLE, only [On, ForceOff]")
                .extracting(AdapterException::kind).isEqualTo(Kind.UNSUPPORTED);
    }

    @Test
    void theSystemOfThatIdIsMeantAndNoOther() throws Exception {
        assertThat(power.status(server(Map.of("plug", "System.Embedded.1")))).isEqualTo(State.ON);
        assertThat(refusal(server(Map.of("plug", "Embedded.1")), Action.ON).kind()).isEqualTo(Kind.UNKNOWN_SERVER);
    }

    private AdapterException refusal(Server server, Action action) {
        return catchThrowableOfType(AdapterException.class, () -> power.perform(server, action));
    }

    private Server server(Map<String, String> more) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1", "ipport", Integer.toString(fake.port()),
                "username", FakeIdrac.USERNAME));
        options.putAll(more);
        return new Server("20111", "20111", "idrac", Secret.NONE, Secret.of(fake.password()), options);
    }
}
