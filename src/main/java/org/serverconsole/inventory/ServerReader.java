package org.serverconsole.inventory;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.serverconsole.config.Secret;

/** Reads one server: from JSON to what the house knows of it. */
final class ServerReader {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Modular crypt format; a cost above 15 would keep a customer waiting for seconds, and others behind. */
    private static final Pattern PIN_HASH = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-5])\\$[./A-Za-z0-9]{53}");

    private static final Pattern LOCATION = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Pattern LABEL = Pattern.compile("[^\\p{Cntrl}]{1,128}");

    /** What makes a server itself and is no option of its console. */
    private static final Set<String> SPECIAL = Set.of("host", "type", "label", "pin", "password");

    /** What servers may have of whatever type they are. */
    static final Set<String> OF_EVERY_TYPE = Set.of("host", "type", "label", "pin", "password", "location");

    private final Problems problems;
    private final ServerRule rule;
    private final BiFunction<String, Json, Secret> passwords;

    /**
     * @param passwords from whose it is, for messages, and what stands at {@code password} to the password; adds a problem where
     *     there is none to be had
     */
    ServerReader(Problems problems, ServerRule rule, BiFunction<String, Json, Secret> passwords) {
        this.problems = problems;
        this.rule = rule;
        this.passwords = passwords;
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /**
     * The server, which is of use only where no problem was added.
     *
     * @param line the server's own
     * @param fields with those of its host
     */
    Server read(String id, int line, Map<String, Json> fields) {
        boolean here = isHere(fields);
        Server server = new Server(id, label(fields).orElse(id), here || fields.containsKey("type") ? type(id, line, fields) : "",
                pin(fields), here ? password("server " + Problems.quoted(id), fields) : Secret.NONE, options(fields));
        if (server.type().isEmpty() || !here) {
            // What it needs depends on its type, and what is needed elsewhere is known there.
            return server;
        }
        for (ServerRule.Problem problem : rule.checkAll(server)) {
            Json option = fields.get(problem.option());
            String name = problem.option().isEmpty() ? "" : ", " + Problems.quoted(problem.option());
            if (option == null || !problems.has(option)) {
                problems.add(option == null ? line : option.line(),
                        "server " + Problems.quoted(id) + name + ": " + problem.message());
            }
        }
        return server;
    }

    /** Whether servers with these fields are opened here; adds a problem where their location is none. */
    boolean isHere(Map<String, Json> fields) {
        Json location = fields.get("location");
        if (location == null) {
            return rule.isHere(Optional.empty());
        }
        if (location instanceof Json.Text text && LOCATION.matcher(text.value()).matches()) {
            return rule.isHere(Optional.of(text.value()));
        }
        if (!problems.has(location)) {
            problems.add(location, "\"location\" is none; write the console-location of the nodes that are near the server, up to 32"
                    + " letters, digits, - and _, in quotation marks");
        }
        return true;
    }

    private Optional<String> label(Map<String, Json> fields) {
        Json label = fields.get("label");
        Optional<String> text = label == null ? Optional.empty() : scalar(label);
        if (label != null && (text.isEmpty() || text.get().isBlank() || !LABEL.matcher(text.get()).matches())) {
            problems.add(label, "\"label\" cannot be shown; write 1 to 128 printable characters, or leave it out");
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
            problems.add(type, "\"type\" is " + (type instanceof Json.Text ? "empty" : type.kind())
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
        problems.add(pin, "\"pin\" is not a bcrypt hash of cost 4 to 15; write the hash that java -jar <this jar> pin makes,"
                + " in quotation marks, and never the PIN itself");
        return Secret.NONE;
    }

    /** @param whose that server or host, for messages */
    Secret password(String whose, Map<String, Json> fields) {
        Json password = fields.get("password");
        return password == null ? Secret.NONE : passwords.apply(whose, password);
    }

    Map<String, String> options(Map<String, Json> fields) {
        Map<String, String> options = new HashMap<>();
        fields.forEach((name, value) -> {
            if (!SPECIAL.contains(name)) {
                Optional<String> text = scalar(value);
                text.ifPresent(t -> options.put(name, t));
                if (text.isEmpty()) {
                    problems.add(value, Problems.quoted(name) + " is " + value.kind()
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
