package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.PowerControl.Action;
import org.serverconsole.adapter.PowerControl.State;

class OvirtPowerTest extends OvirtFixture {

    @ParameterizedTest
    @CsvSource({"up,ON", "paused,ON", "powering_down,ON", "migrating,ON", "down,OFF", "suspended,OFF", "image_locked,UNKNOWN",
        "not_responding,UNKNOWN"})
    void theStateIsWhatTheEngineSays(String status, State state) throws Exception {
        vm.status(status);

        assertThat(power().status(server())).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"down,ON,start", "up,OFF,stop", "up,SOFT_OFF,shutdown", "up,RESET,reboot"})
    void everyActionIsTheEnginesOfThatName(String before, Action action, String asked) throws Exception {
        vm.status(before);

        power().perform(server("plug", "web-14494"), action);

        assertThat(vm.performed()).containsExactly(asked);
    }

    @Test
    void aCycleStopsTheMachineAndStartsItAgain() throws Exception {
        power().perform(server(), Action.CYCLE);

        assertThat(vm.performed()).containsExactly("stop", "start");
    }

    @ParameterizedTest
    @CsvSource({"up,ON", "down,OFF"})
    void whatIsSoAlreadyIsNotAskedFor(String before, Action action) throws Exception {
        vm.status(before);

        power().perform(server(), action);

        assertThat(vm.performed()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Action.class, names = {"SOFT_OFF", "CYCLE", "RESET"})
    void aMachineThatIsDownCannotBeRestarted(Action action) {
        vm.status("down");

        assertThat(refused(action).kind()).isEqualTo(Kind.POWERED_OFF);
    }

    @Test
    void whatTheEngineRefusesIsToldInItsWords() {
        // Locked: neither up nor down to us, and the engine starts none but one that is down.
        vm.status("image_locked");

        assertThat(refused(Action.ON)).hasMessageContaining("Cannot start VM").extracting(AdapterException::kind)
                .isEqualTo(Kind.PROTOCOL);
    }

    @Test
    void anEngineThatStaysSilentIsATimeout() {
        engine.silent(path -> path.endsWith("/stop"));

        assertThat(catchThrowableOfType(AdapterException.class, () -> power().perform(server("timeout", "1"), Action.OFF)).kind())
                .isEqualTo(Kind.TIMEOUT);
    }

    private PowerControl power() {
        return adapter.power().orElseThrow();
    }

    private AdapterException refused(Action action) {
        return catchThrowableOfType(AdapterException.class, () -> power().perform(server(), action));
    }
}
