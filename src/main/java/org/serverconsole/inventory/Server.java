package org.serverconsole.inventory;

import java.util.Map;
import java.util.Optional;
import org.serverconsole.config.Secret;

/**
 * One rented server as the inventory describes it, its host's options merged in.
 *
 * @param id what the panel calls it, {@code [A-Za-z0-9._-]{1,64}}
 * @param label what the customer calls it; the ID where the inventory gives no label
 * @param type the type of its console adapter, such as {@code ovirt}
 * @param pin the bcrypt hash of its PIN, or {@link Secret#NONE}
 * @param password the password of its management system, or {@link Secret#NONE}
 * @param options every other option by the name fence agents use ({@code ip}, {@code ipport}, {@code username},
 *     {@code plug}, {@code url}, {@code ssl_insecure}, {@code timeout}); values as text
 */
public record Server(String id, String label, String type, Secret pin, Secret password, Map<String, String> options) {

    public Server {
        options = Map.copyOf(options);
    }

    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }
}
