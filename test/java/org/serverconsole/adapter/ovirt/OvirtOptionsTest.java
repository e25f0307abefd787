package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.inventory.ServerRule;

class OvirtOptionsTest extends OvirtFixture {

    @ParameterizedTest
    @CsvSource({
        "url, http://engine.example/ovirt-engine/api",
        "url, https://engine.example/api",
        "url, https://a:secret@engine.example/ovirt-engine/api",
        "url, ''",
        "username, ''",
        "password, ''",
        "plug, ''",
        "ssl_insecure, perhaps",
        "tls, sha256:12",
        "filter, 2",
        "timeout, 0",
        "timeout, 61",
        "timeout, ten",
    })
    void anEntryThatCannotWorkNamesItsOption(String option, String value) {
        Optional<ServerRule.Problem> problem = adapter.check(server(option, value));

        assertThat(problem).isPresent();
        assertThat(problem.get().option()).isEqualTo(option);
        assertThat(problem.get().message()).contains("write").doesNotContain("secret");
    }

    @Test
    void anEntryWithAllItsOptionsIsAccepted() {
        assertThat(adapter.check(server("url", "https://engine.example/ovirt-engine/api/", "ssl_insecure", "1",
                "filter", "off", "timeout", "60"))).isEmpty();
    }
}
