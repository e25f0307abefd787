package org.serverconsole.inventory;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.serverconsole.config.ConfigException;

/** Reads one version of the inventory file: from JSON to servers. */
final class ServersReader {

    /** What belongs to one server, and so has no place in a host, which many share. */
    private static final Set<String> NEVER_IN_HOSTS = Set.of("host", "label", "pin");

    private final Problems problems;
    private final ServerReader reader;
    private final UnknownOptions unknown;
    private final Map<String, Json.Fields> hosts = new HashMap<>();
    private final Map<String, Server> servers = new HashMap<>();

    private ServersReader(Problems problems, ServerReader reader, UnknownOptions unknown) {
        this.problems = problems;
        this.reader = reader;
        this.unknown = unknown;
    }

    /**
     * @param passwordFiles takes each file that a password was looked for in, as it was before that
     * @param warnings takes what can be used as it is, and should not stay so
     */
    static Map<String, Server> read(Path file, ServerRule rule, Map<String, String> environment, Map<Path, Stamp> passwordFiles,
            Consumer<String> warnings) throws ConfigException {
        Problems problems = new Problems(file);
        ReadableByAll readableByAll = new ReadableByAll();
        readableByAll.check(file);
        Passwords passwords = new Passwords(file, environment, problems, readableByAll, passwordFiles);
        UnknownOptions unknown = new UnknownOptions(file, rule);
        ServersReader reader = new ServersReader(problems, new ServerReader(problems, rule, passwords::read), unknown);
        new JsonReader(problems).read(file).ifPresent(reader::inventory);
        readableByAll.warn(warnings);
        // Also where there are problems: that an option is missing may be because its name is misspelt.
        unknown.warn(warnings);
        problems.throwIfAny();
        Unverified.warn(reader.servers.values(), warnings);
        return Map.copyOf(reader.servers);
    }

    private void inventory(Json json) {
        if (!(json instanceof Json.Fields inventory)) {
            problems.add(json.line(), "the inventory is " + json.kind() + "; write {\"hosts\": {...}, \"servers\": {...}}");
            return;
        }
        inventory.values().forEach((name, value) -> {
            if (!name.equals("hosts") && !name.equals("servers")) {
                problems.add(value.line(), Problems.quoted(name) + " is not known here; only \"hosts\" and \"servers\" are");
            } else if (!(value instanceof Json.Fields)) {
                problems.add(value.line(), "\"" + name + "\" is " + value.kind() + "; write {\"<name>\": {...}, ...}");
            }
        });
        if (inventory.values().get("hosts") instanceof Json.Fields all) {
            all.values().forEach(this::host);
        }
        if (inventory.values().get("servers") instanceof Json.Fields all) {
            all.values().forEach(this::server);
        } else if (!inventory.values().containsKey("servers")) {
            problems.add(inventory.line(), "\"servers\" is missing; write \"servers\": {\"<id>\": {...}}");
        }
    }

    private void host(String name, Json json) {
        if (!(json instanceof Json.Fields host)) {
            problems.add(json.line(), "the host is " + json.kind() + "; write {\"type\": \"...\", ...}");
            return;
        }
        host.values().forEach((option, value) -> {
            if (NEVER_IN_HOSTS.contains(option)) {
                problems.add(value.line(), "\"" + option + "\" has no place in a host; write it in the server");
            }
        });
        reader.options(host.values());
        if (reader.isHere(host.values())) {
            reader.password("host " + Problems.quoted(name), host.values());
        }
        hosts.put(name, host);
    }

    private void server(String id, Json json) {
        if (!ServerReader.isId(id)) {
            problems.add(json.line(), "a server's ID may have 1 to 64 letters, digits, dots, hyphens and underscores, and nothing else");
        } else if (json instanceof Json.Fields own) {
            withHost(id, own).ifPresent(merged -> {
                Server server = reader.read(id, own.line(), merged);
                unknown.look(server, own.values(), merged);
                servers.put(id, server);
            });
        } else {
            problems.add(json.line(), "the server is " + json.kind() + "; write {\"type\": \"...\", ...} or {\"host\": \"...\", ...}");
        }
    }

    /** The server's options over those of its host. */
    private Optional<Map<String, Json>> withHost(String id, Json.Fields own) {
        Json named = own.values().get("host");
        if (named == null) {
            return Optional.of(own.values());
        }
        String whose = "server " + Problems.quoted(id) + ": ";
        if (!(named instanceof Json.Text name)) {
            problems.add(named.line(), whose + "\"host\" is " + named.kind()
                    + "; write the name of one of the \"hosts\" in quotation marks");
            return Optional.empty();
        }
        Json.Fields host = hosts.get(name.value());
        if (host == null) {
            problems.add(named.line(), whose + "no usable host of that name is among the \"hosts\""
                    + "; write one of their names, or correct it there");
            return Optional.empty();
        }
        Map<String, Json> merged = new LinkedHashMap<>(host.values());
        merged.putAll(own.values());
        return Optional.of(merged);
    }
}
