package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.serverconsole.fake.RecordedLog;
import org.slf4j.LoggerFactory;

class OvirtSecretsTest extends OvirtFixture {

    @Test
    void noSecretIsLoggedAtTrace() throws Exception {
        String secret = "not-the-password";
        List<String> logged;
        try (RecordedLog log = new RecordedLog("org.apache.http")) {
            vm.address("0");
            adapter.open(server(), opening);
            engine.forgetTokens();
            rfb.refusals = 1;
            adapter.open(server(), opening);
            vm.status("down");
            refusal(server());
            refusal(server("password", secret));
            vm.status("up");
            adapter.revoke(server(), Map.of("vm", VM, "console", "766e63"));
            adapter.close();
            LoggerFactory.getLogger("org.serverconsole.probe").trace("slf4j is recorded");
            Logger.getLogger("org.apache.http.wire").finest("java.util.logging is recorded");
            logged = log.lines();
        }

        assertThat(logged).anyMatch(line -> line.contains("slf4j is recorded"))
                .anyMatch(line -> line.contains("java.util.logging is recorded"))
                .anyMatch(line -> line.contains("logging in again"));
        assertThat(String.join("\n", logged)).doesNotContain(engine.secrets()).doesNotContain(secret);
    }
}
