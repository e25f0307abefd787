package org.serverconsole.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is to be done for a customer whose token, and PIN where one is needed, a node has accepted. Holds neither.
 *
 * @param action the panel's name of it, such as {@code novnc}
 * @param customer who asks
 * @param servers the IDs of the servers that he may ask about; the one that it is about where there is no key
 * @param key the console session that it is about
 * @param address the only client address that a login URL is to be good for
 * @param locale the customer's language, BCP 47
 * @param caller the address that the call came from, for the audit
 */
public record Order(String action, String customer, Set<String> servers, Optional<String> key, Optional<String> address,
        Optional<String> locale, String caller) {

    public Order {
        servers = Set.copyOf(servers);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("action", action).put("customer", customer).put("caller", caller);
        new TreeSet<>(servers).forEach(json.putArray("servers")::add);
        key.ifPresent(value -> json.put("key", value));
        address.ifPresent(value -> json.put("address", value));
        locale.ifPresent(value -> json.put("locale", value));
        return json;
    }

    static Order of(JsonNode json) {
        Set<String> servers = new TreeSet<>();
        json.path("servers").forEach(server -> servers.add(server.asText()));
        return new Order(json.path("action").asText(), json.path("customer").asText(), servers, text(json, "key"),
                text(json, "address"), text(json, "locale"), json.path("caller").asText());
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.ofNullable(json.get(name)).map(JsonNode::asText);
    }
}
