package org.serverconsole.adapter.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

class PageAdapterTest {

    private static Server server(Map<String, String> more) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "10.0.0.9", "username", "console"));
        options.putAll(more);
        return new Server("60001", "60001", "kiosk", Secret.NONE, Secret.of("secret"), options);
    }

    @Test
    void stepsThatLeadToAConsoleAreAccepted() {
        try (PageAdapter adapter = new PageAdapter()) {
            assertThat(adapter.check(server(Map.of("steps",
                    "go /login?a=b; fill #user {username}; fill input[name=p] {password}; click #in;wait #menu > a; show #kvm canvas"))))
                    .isEmpty();
        }
    }

    @Test
    void withoutStepsThereIsNoWay() {
        try (PageAdapter adapter = new PageAdapter()) {
            assertThat(adapter.check(server(Map.of()))).map(ServerRule.Problem::option).contains("steps");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "go /; dance; show canvas                 | has the step \"dance\"",
        "go /; fill #p secret; show canvas        | has the step \"fill #p secret\"",
        "go https://elsewhere.example/; show a    | has the step \"go https://elsewhere.example/\"",
        "click #a; show canvas                    | must begin with go /path",
        "go /; click #a                           | end with show",
        ";                                        | must begin"})
    void stepsThatAreNoneAreTold(String steps, String told) {
        try (PageAdapter adapter = new PageAdapter()) {
            assertThat(adapter.check(server(Map.of("steps", steps)))).hasValueSatisfying(
                    problem -> assertThat(problem.message()).contains(told));
        }
    }
}
