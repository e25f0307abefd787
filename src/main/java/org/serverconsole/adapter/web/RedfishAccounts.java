package org.serverconsole.adapter.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.config.Secret;

/**
 * A BMC's accounts over Redfish (DSP2046, ManagerAccount): made with POST where it lets its collection be posted to, and else, as on
 * an iDRAC or an older XCC, in a slot that is free.
 */
record RedfishAccounts(WebClient web, RedfishLogin session) {

    private static final String ACCOUNTS = "/redfish/v1/AccountService/Accounts";
    private static final String ROOT = "/redfish/v1/";
    private static final String NAME = "UserName";
    private static final String ENABLED = "Enabled";
    /** May use a remote console, and change nobody's account. */
    private static final String ROLE = "Operator";
    /** What a slot is called whose name the BMC does not let be cleared, with its number. */
    private static final String FREED = "console-free-";
    /** That of Dell's anonymous account. */
    private static final String NEVER = "1";
    private static final List<Integer> NO_SUCH_METHOD = List.of(400, 403, 404, 405, 501);
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Makes one.
     *
     * @param journal told the path before it is changed, where that is known
     * @return its path
     * @throws AdapterException {@code UNSUPPORTED} where the BMC makes none over Redfish, {@code BUSY} where no slot is free
     */
    String create(String name, Secret password, Consumer<Optional<String>> journal, Deadline deadline)
            throws AdapterException, InterruptedException {
        WebClient.Answer all = ask("GET", ACCOUNTS, Optional.empty(), Map.of(), deadline);
        if (all.status() != 200) {
            throw new AdapterException(Kind.UNSUPPORTED, "BMC " + web.access().authority() + " tells of no accounts over Redfish");
        }
        ObjectNode account = JSON.createObjectNode().put(NAME, name).put("Password", password.reveal()).put("RoleId", ROLE)
                .put(ENABLED, true);
        if (all.headers().getOrDefault("allow", "POST").contains("POST")) {
            journal.accept(Optional.empty());
            Optional<String> made = post(account.deepCopy(), name, deadline);
            if (made.isPresent()) {
                return made.get();
            }
        }
        return fill(members(all), account, name, journal, deadline);
    }

    private Optional<String> post(ObjectNode account, String name, Deadline deadline) throws AdapterException, InterruptedException {
        WebClient.Answer root = ask("GET", ROOT, Optional.empty(), Map.of(), deadline);
        if (root.status() == 200 && json(root).path("Oem").has("Hpe")) {
            // What an iLO shows for it, and insists on.
            account.putObject("Oem").putObject("Hpe").put("LoginName", name);
        }
        WebClient.Answer made = ask("POST", ACCOUNTS, Optional.of(account), Map.of(), deadline);
        if (NO_SUCH_METHOD.contains(made.status())) {
            return Optional.empty();
        }
        String path = made.headers().getOrDefault("location", json(made).path("@odata.id").asText("")).replaceFirst("^https://[^/]*", "");
        if (made.status() >= 300 || !path.startsWith("/redfish/")) {
            throw web.nonsense("answered HTTP " + made.status() + " when it was to make an account");
        }
        return Optional.of(path);
    }

    private String fill(List<String> slots, ObjectNode account, String name, Consumer<Optional<String>> journal, Deadline deadline)
            throws AdapterException, InterruptedException {
        for (String slot : slots) {
            JsonNode json = look(slot, deadline);
            String taken = json.path(NAME).asText("");
            if (json.path("Id").asText("").equals(NEVER) || json.path(ENABLED).asBoolean(true)
                    || !taken.isEmpty() && !taken.startsWith(FREED)) {
                continue;
            }
            journal.accept(Optional.of(slot));
            patch(slot, account, deadline);
            // An iDRAC answers 200 where it has taken but a part of it.
            JsonNode made = look(slot, deadline);
            if (made.path(NAME).asText().equals(name) && made.path(ENABLED).asBoolean()) {
                return slot;
            }
            throw new AdapterException(Kind.UNSUPPORTED, "BMC " + web.access().authority() + " did not make an account in " + slot);
        }
        throw slots.isEmpty() ? new AdapterException(Kind.UNSUPPORTED, "BMC " + web.access().authority() + " makes no accounts over Redfish")
                : new AdapterException(Kind.BUSY, "all accounts of BMC " + web.access().authority() + " are in use: free one for consoles");
    }

    /**
     * Takes one away. Does nothing where it is gone, or somebody else's by now.
     *
     * @param path where it is, if that is known
     */
    void remove(String name, Optional<String> path, Deadline deadline) throws AdapterException, InterruptedException {
        List<String> slots = path.map(List::of).orElse(List.of());
        if (path.isEmpty()) {
            slots = members(told(ask("GET", ACCOUNTS, Optional.empty(), Map.of(), deadline)));
        }
        for (String slot : slots) {
            WebClient.Answer found = ask("GET", slot, Optional.empty(), Map.of(), deadline);
            if (found.status() != 404 && json(told(found)).path(NAME).asText().equals(name)) {
                empty(slot, found, deadline);
                return;
            }
        }
    }

    /** A BMC that does not say what it has may have the account still. */
    private WebClient.Answer told(WebClient.Answer answer) throws AdapterException {
        if (answer.status() != 200) {
            throw web.nonsense("answered HTTP " + answer.status() + " when an account was looked for that is to be removed");
        }
        return answer;
    }

    private void empty(String slot, WebClient.Answer found, Deadline deadline) throws AdapterException, InterruptedException {
        WebClient.Answer deleted = ask("DELETE", slot, Optional.empty(), Map.of(), deadline);
        if (deleted.status() < 300) {
            return;
        }
        if (!NO_SUCH_METHOD.contains(deleted.status())) {
            throw web.nonsense("answered HTTP " + deleted.status() + " when an account was to be deleted");
        }
        patch(slot, JSON.createObjectNode().put(ENABLED, false), deadline);
        if (look(slot, deadline).path(ENABLED).asBoolean(true)) {
            throw web.nonsense("did not disable an account");
        }
        patch(slot, JSON.createObjectNode().put(NAME, ""), deadline);
        if (!look(slot, deadline).path(NAME).asText("").isEmpty()) {
            patch(slot, JSON.createObjectNode().put(NAME, FREED + json(found).path("Id").asText()), deadline);
        }
    }

    private JsonNode look(String slot, Deadline deadline) throws AdapterException, InterruptedException {
        return json(ask("GET", slot, Optional.empty(), Map.of(), deadline));
    }

    /** Some want to be told what they have, which each change changes. */
    private void patch(String slot, ObjectNode change, Deadline deadline) throws AdapterException, InterruptedException {
        Map<String, Secret> match = new HashMap<>();
        Optional.ofNullable(ask("GET", slot, Optional.empty(), Map.of(), deadline).headers().get("etag"))
                .ifPresent(tag -> match.put("If-Match", Secret.of(tag)));
        ask("PATCH", slot, Optional.of(change), match, deadline);
    }

    private List<String> members(WebClient.Answer collection) throws AdapterException {
        List<String> paths = new ArrayList<>();
        for (JsonNode member : json(collection).path("Members")) {
            String path = member.path("@odata.id").asText("");
            if (path.startsWith(ACCOUNTS + "/")) {
                paths.add(path);
            }
        }
        return paths;
    }

    private JsonNode json(WebClient.Answer answer) throws AdapterException {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            // Without its words, which may quote what was received.
            throw web.nonsense("answered what is no Redfish");
        }
    }

    private WebClient.Answer ask(String method, String path, Optional<ObjectNode> body, Map<String, Secret> more, Deadline deadline)
            throws AdapterException, InterruptedException {
        Map<String, Secret> headers = new HashMap<>(more);
        headers.put("X-Auth-Token", session.token());
        return web.ask(new WebClient.Request(method, path, body.isPresent() ? "application/json" : "",
                body.map(json -> Secret.of(json.toString())).orElse(Secret.NONE), headers), deadline);
    }
}
