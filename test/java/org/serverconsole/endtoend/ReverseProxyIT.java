package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.Certificate;
import org.serverconsole.parts.Nginx;

/** A console through a real nginx, configured as README.md says. */
@Timeout(120)
@ExtendWith(Shared.Extension.class)
class ReverseProxyIT {

    @TempDir
    Path folder;

    private final Shared shared;

    ReverseProxyIT(Shared shared) {
        this.shared = shared;
    }

    @Test
    void aConsoleOpensAndNothingSecretIsLogged() throws Exception {
        House house = shared.house(Host.MINI);
        Path log = folder.resolve("console.log");
        String fragment = Readme.blocks("nginx").get(0)
                .replace("http://127.0.0.1:8080", "http://" + house.url().getAuthority())
                .replace("/var/log/nginx/console.log", log.toString());
        int location = fragment.indexOf("location ");
        try (Nginx nginx = Nginx.start(folder, Certificate.make(folder), fragment.substring(0, location),
                fragment.substring(location))) {
            Page tab = shared.chromium().customer(new Browser.NewContextOptions().setIgnoreHTTPSErrors(true)).newPage();
            List<String> sockets = new ArrayList<>();
            tab.onWebSocket(socket -> sockets.add(socket.url()));
            URI guacamole = nginx.url().resolve("guacamole/");
            OurPage page = new OurPage(tab, guacamole);
            Link link = house.link(House.VM_SERVER).withPin(House.PIN);

            page.open(link);
            page.awaitState("live");

            String answer = tab.request().post(guacamole.resolve("api/ext/console").toString(), RequestOptions.create().setForm(
                    FormData.create().set("action", "novnc").set("token", link.token()).set("id", House.VM_SERVER)
                            .set("pin", House.PIN))).text();
            assertThat(answer).as("a login URL of the address that was called").contains("://" + guacamole.getAuthority() + "/guacamole/app/");
            String authToken = page.authToken();
            assertThat(sockets).hasSize(1).allMatch(socket -> socket.startsWith("wss://" + guacamole.getAuthority()));
            assertThat(tab.request().get(guacamole.resolve("app/ext/console/open.html").toString()).headers())
                    .containsEntry("x-frame-options", "DENY").containsEntry("referrer-policy", "no-referrer")
                    .containsKey("strict-transport-security");
            tab.close();
            await().untilAsserted(() -> assertThat(Files.readString(log))
                    .contains("\"POST /guacamole/api/tokens\" 200", "\"GET /guacamole/websocket-tunnel\" 101"));
            assertThat(Files.readString(log)).doesNotContain("?", authToken, link.token(), House.PIN);
        }
    }
}
