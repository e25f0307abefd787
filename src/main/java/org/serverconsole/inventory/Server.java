package org.serverconsole.inventory;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.serverconsole.config.Secret;

/**
 * One rented server as the inventory describes it, its host's options merged in.
 *
 * @param id what the panel calls it, {@code [A-Za-z0-9._-]{1,64}}
 * @param label what the customer calls it; the ID where the inventory gives no label
 * @param type the type of its console adapter, such as {@code ovirt}; may be empty where the server is at another location
 * @param pin the bcrypt hash of its PIN, or {@link Secret#NONE}
 * @param password the password of its management system, or {@link Secret#NONE}
 * @param options every other option by the name fence agents use ({@code ip}, {@code ipport}, {@code username},
 *     {@code plug}, {@code url}, {@code ssl_insecure}, {@code timeout}); values as text
 */
public record Server(String id, String label, String type, Secret pin, Secret password, Map<String, String> options) {

    private static final Set<String> YES = Set.of("1", "true", "yes", "on");
    private static final Set<String> NO = Set.of("0", "false", "no", "off");

    public Server {
        options = Map.copyOf(options);
    }

    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /** The location at which the server is, where the inventory says so. */
    public Optional<String> location() {
        return option("location");
    }

    /** What a switch says ({@code 1}, {@code true}, {@code yes}, {@code on} and their opposites); empty where it says neither. */
    public Optional<Boolean> yesOrNo(String name) {
        return option(name).map(value -> value.toLowerCase(Locale.ROOT))
                .filter(value -> YES.contains(value) || NO.contains(value))
                .map(YES::contains);
    }
}
