package org.serverconsole.inventory;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Servers whose management systems may show any certificate; the operator is warned of them each time they are read. */
final class Unverified {

    private static final int SHOWN = 20;

    private Unverified() { }

    static void warn(Collection<Server> servers, Consumer<String> warnings) {
        List<String> found = servers.stream().filter(server -> server.yesOrNo("ssl_insecure").orElse(false))
                .map(Server::id).sorted().toList();
        if (!found.isEmpty()) {
            warnings.accept("ssl_insecure: whoever sits between here and the management systems of these servers can read and use"
                    + " their passwords: " + String.join(", ", found.subList(0, Math.min(SHOWN, found.size())))
                    + (found.size() > SHOWN ? " and " + (found.size() - SHOWN) + " more" : "")
                    + "; write \"tls\": \"sha256:<fingerprint>\" or console-ca-file instead");
        }
    }
}
