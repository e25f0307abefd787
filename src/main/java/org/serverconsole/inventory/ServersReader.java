package org.serverconsole.inventory;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;

/** Reads one version of the inventory file: from JSON to servers. */
final class ServersReader {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Modular crypt format; a cost above 15 would keep a customer waiting for seconds, and others behind. */
    private static final Pattern PIN_HASH = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-5])\\$[./A-Za-z0-9]{53}");

    private static final Pattern LABEL = Pattern.compile("[^\\p{Cntrl}]{1,128}");

    /** What makes a server itself and is no option of its console. */
    private static final Set<String> SPECIAL = Set.of("host", "type", "label", "pin", "password");

    /** What belongs to one server, and so has no place in a host, which many share. */
    private static final Set<String> NEVER_IN_HOSTS = Set.of("host", "label", "pin");

    private final Problems problems;
    private final ServerRule rule;
    private final Passwords passwords;
    private final Map<String, Json.Fields> hosts = new HashMap<>();
    private final Map<String, Server> servers = new HashMap<>();

    private ServersReader(Problems problems, ServerRule rule, Passwords passwords) {
        this.problems = problems;
        this.rule = rule;
        this.passwords = passwords;
    }

    static Map<String, Server> read(Path file, ServerRule rule, Map<String, String> environment) throws ConfigException {
        Problems problems = new Problems(file);
        ReadableByAll readableByAll = new ReadableByAll();
        readableByAll.check(file);
        Passwords passwords = new Passwords(file, environment, problems, readableByAll);
        ServersReader reader = new ServersReader(problems, rule, passwords);
        new JsonReader(problems).read(file).ifPresent(reader::inventory);
        readableByAll.warn();
        problems.throwIfAny();
        Unverified.warn(reader.servers.values());
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
        options(host.values());
        password(host.values());
        hosts.put(name, host);
    }

    private void server(String id, Json json) {
        if (!ID.matcher(id).matches()) {
            problems.add(json.line(), "a server's ID may have 1 to 64 letters, digits, dots, hyphens and underscores, and nothing else");
        } else if (json instanceof Json.Fields own) {
            withHost(own).ifPresent(merged -> server(id, own.line(), merged));
        } else {
            problems.add(json.line(), "the server is " + json.kind() + "; write {\"type\": \"...\", ...} or {\"host\": \"...\", ...}");
        }
    }

    /** The server's options over those of its host. */
    private Optional<Map<String, Json>> withHost(Json.Fields own) {
        Json named = own.values().get("host");
        if (named == null) {
            return Optional.of(own.values());
        }
        if (!(named instanceof Json.Text name)) {
            problems.add(named.line(), "\"host\" is " + named.kind() + "; write the name of one of the \"hosts\" in quotation marks");
            return Optional.empty();
        }
        Json.Fields host = hosts.get(name.value());
        if (host == null) {
            problems.add(named.line(), "no usable host of that name is among the \"hosts\"; write one of their names, or correct it there");
            return Optional.empty();
        }
        Map<String, Json> merged = new LinkedHashMap<>(host.values());
        merged.putAll(own.values());
        return Optional.of(merged);
    }

    private void server(String id, int line, Map<String, Json> fields) {
        int before = problems.count();
        Server server = new Server(id, label(fields).orElse(id), type(id, line, fields), pin(fields), password(fields), options(fields));
        servers.put(id, server);
        if (problems.count() > before) {
            return;
        }
        rule.check(server).ifPresent(problem -> {
            Json option = fields.get(problem.option());
            String name = problem.option().isEmpty() ? "" : ", " + Problems.quoted(problem.option());
            problems.add(option == null ? line : option.line(), "server " + Problems.quoted(id) + name + ": " + problem.message());
        });
    }

    private Optional<String> label(Map<String, Json> fields) {
        Json label = fields.get("label");
        Optional<String> text = label == null ? Optional.empty() : scalar(label);
        if (label != null && (text.isEmpty() || text.get().isBlank() || !LABEL.matcher(text.get()).matches())) {
            problems.add(label.line(), "\"label\" cannot be shown; write 1 to 128 printable characters, or leave it out");
        }
        return text;
    }

    private String type(String id, int line, Map<String, Json> fields) {
        Json type = fields.get("type");
        if (type instanceof Json.Text text && !text.value().isBlank()) {
            return text.value();
        }
        if (type == null) {
            problems.add(line, "server " + Problems.quoted(id) + " has no \"type\"; write one, or a \"host\" that has one");
        } else {
            problems.add(type.line(), "\"type\" is " + (type instanceof Json.Text ? "empty" : type.kind())
                    + "; write the console's type in quotation marks, such as \"vnc\"");
        }
        return "";
    }

    private Secret pin(Map<String, Json> fields) {
        Json pin = fields.get("pin");
        if (pin == null) {
            return Secret.NONE;
        }
        if (pin instanceof Json.Text text && PIN_HASH.matcher(text.value()).matches()) {
            return Secret.of(text.value());
        }
        problems.add(pin.line(), "\"pin\" is not a bcrypt hash of cost 4 to 15; write the hash that java -jar <this jar> pin makes,"
                + " in quotation marks, and never the PIN itself");
        return Secret.NONE;
    }

    private Secret password(Map<String, Json> fields) {
        Json password = fields.get("password");
        return password == null ? Secret.NONE : passwords.read(password);
    }

    private Map<String, String> options(Map<String, Json> fields) {
        Map<String, String> options = new HashMap<>();
        fields.forEach((name, value) -> {
            if (!SPECIAL.contains(name)) {
                Optional<String> text = scalar(value);
                text.ifPresent(t -> options.put(name, t));
                if (text.isEmpty()) {
                    problems.add(value.line(), Problems.quoted(name) + " is " + value.kind()
                            + "; write text, a number, true or false, or leave it out");
                }
            }
        });
        return options;
    }

    private static Optional<String> scalar(Json value) {
        if (value instanceof Json.Text text) {
            return Optional.of(text.value());
        }
        return value instanceof Json.Literal literal ? Optional.of(literal.value()) : Optional.empty();
    }
}
