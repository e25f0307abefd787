package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ovirt.engine.sdk4.Error;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ovirt.EngineHttp.StatusOnly;

class EngineRefusalTest {

    private static AdapterException refusal(Throwable failure) {
        return EngineRefusal.of(failure, "engine.example", List.of("s3cret", "t0ken"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "403 | [query execution failed due to insufficient permissions] | REJECTED_CREDENTIALS",
        "404 | Entity not found | UNKNOWN_SERVER",
        "409 | [Cannot set VM Ticket. VM is not running.] | POWERED_OFF",
        "409 | [ACTION_TYPE_FAILED_VM_IN_USE_BY_OTHER_USER] | BUSY",
        "400 | [Console connection denied. Another user has already accessed the console of this VM.] | BUSY",
        "400 | [General Exception] | PROTOCOL",
        "500 | [Internal Engine Error] | PROTOCOL",
    })
    void aFaultMeansWhatItsStatusAndWordsSay(int status, String detail, Kind kind) {
        AdapterException refusal = refusal(new Error("Fault reason is \"Operation Failed\". Fault detail is \"" + detail
                + "\". HTTP response code is \"" + status + "\". HTTP response message is \"...\"."));

        assertThat(refusal.kind()).isEqualTo(kind);
        assertThat(refusal).hasMessageContaining(detail).hasMessageContaining("engine.example");
    }

    @ParameterizedTest
    @CsvSource({"401, REJECTED_CREDENTIALS", "404, UNKNOWN_SERVER", "204, PROTOCOL", "503, PROTOCOL"})
    void anAnswerWithoutWordsMeansWhatItsStatusSays(int status, Kind kind) {
        assertThat(refusal(new Error("Failed to send request", new StatusOnly(status, "no content"))).kind())
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"access_denied, REJECTED_CREDENTIALS", "invalid_grant, REJECTED_CREDENTIALS", "server_error, PROTOCOL"})
    void aRefusedLoginMeansWhatItsCodeSays(String code, Kind kind) {
        assertThat(refusal(new Error("Error during SSO authentication \"" + code + "\" : \"no\"")).kind()).isEqualTo(kind);
    }

    @Test
    void whatTheEngineSaysIsOneBoundedLineWithoutSecrets() {
        AdapterException refusal = refusal(new Error("no s3cret\r\nand no t0ken\u0007" + " more".repeat(1000)));

        assertThat(refusal.getMessage()).startsWith("engine engine.example: no ... and no ... more more")
                .hasSizeLessThan(400);
        assertThat(refusal).hasNoCause();
    }

    @Test
    void whatCannotBeReadIsNotQuoted() {
        assertThat(refusal(new IllegalStateException("sso-token=t0ken2"))).hasNoCause()
                .hasMessage("engine engine.example answered what the SDK cannot read (IllegalStateException)");
    }
}
