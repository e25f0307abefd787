package org.serverconsole.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.serverconsole.fake.FakeConsoleSite.Answer;
import org.serverconsole.fake.FakeConsoleSite.Request;

/**
 * A BMC's accounts over Redfish, posted to their collection, or in slots as an iDRAC has them: the first is for nobody, no method but
 * PATCH, 200 for what was taken in part only, a change only for who knows the last one's tag, and no name that is empty.
 */
public final class FakeAccounts {

    static final String PATH = "/redfish/v1/AccountService/Accounts";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SLOTS = 4;

    private final boolean posted;
    private final Map<Integer, Account> accounts = new TreeMap<>();
    private int last;
    private boolean halfHearted;
    private boolean hpe;
    private boolean busy;

    private static final class Account {

        private String name = "";
        private String password = "";
        private String role = "None";
        private boolean enabled;
        private int changes;
    }

    private FakeAccounts(boolean posted) {
        this.posted = posted;
        if (!posted) {
            IntStream.rangeClosed(1, SLOTS).forEach(slot -> accounts.put(slot, new Account()));
            occupy(2, "console");
        }
    }

    static FakeAccounts posted() {
        return new FakeAccounts(true);
    }

    static FakeAccounts inSlots() {
        return new FakeAccounts(false);
    }

    /** Gives a slot to somebody. */
    public synchronized void occupy(int slot, String name) {
        accounts.get(slot).name = name;
        accounts.get(slot).enabled = true;
    }

    /** From now on it says that it has enabled an account, and has not. */
    public synchronized void halfHearted() {
        halfHearted = true;
    }

    /** Whether it is too busy to say what accounts it has. */
    public synchronized void busy(boolean isBusy) {
        busy = isBusy;
    }

    /** From now on it insists on what an iLO does. */
    public synchronized void asHpe() {
        hpe = true;
    }

    /** The root of Redfish. */
    synchronized Answer root() {
        return Answer.of(200, "application/json", hpe ? "{\"Oem\":{\"Hpe\":{}}}" : "{\"Oem\":{}}");
    }

    /** The names of those that may log in. */
    public synchronized List<String> enabled() {
        return accounts.values().stream().filter(account -> account.enabled).map(account -> account.name).toList();
    }

    synchronized boolean letsIn(String name, String password) {
        return accounts.values().stream().anyMatch(account -> account.enabled && account.name.equals(name) && !password.isEmpty()
                && account.password.equals(password) && account.role.equals("Operator"));
    }

    synchronized Answer answer(Request request) {
        if (busy) {
            return Answer.of(503, "application/json", "{}");
        }
        if (request.path().equals(PATH)) {
            return collection(request);
        }
        int id = Integer.parseInt(request.path().substring(PATH.length() + 1));
        Account account = accounts.get(id);
        if (account == null) {
            return Answer.of(404, "application/json", "{}");
        }
        return switch (request.method()) {
            case "GET" -> new Answer(200, "application/json", body(id, account), Map.of("ETag", tag(account)));
            case "DELETE" -> {
                if (posted) {
                    accounts.remove(id);
                }
                yield Answer.of(posted ? 204 : 405, "application/json", posted ? "" : "{}");
            }
            default -> change(account, request);
        };
    }

    private Answer collection(Request request) {
        if (request.method().equals("GET")) {
            ObjectNode body = JSON.createObjectNode();
            accounts.keySet().forEach(id -> body.withArray("Members").addObject().put("@odata.id", PATH + "/" + id));
            return new Answer(200, "application/json", body.toString(), Map.of("Allow", posted ? "GET, HEAD, POST" : "GET, HEAD"));
        }
        if (!posted || hpe && read(request.body()).path("Oem").path("Hpe").path("LoginName").asText("").isEmpty()) {
            return Answer.of(posted ? 400 : 405, "application/json", "{}");
        }
        Account account = new Account();
        take(account, request);
        accounts.put(++last, account);
        return new Answer(201, "application/json", body(last, account), Map.of("Location", PATH + "/" + last));
    }

    private Answer change(Account account, Request request) {
        if (!tag(account).equals(request.headers().get("if-match"))) {
            return Answer.of(412, "application/json", "{}");
        }
        return take(account, request) ? Answer.of(200, "application/json", "{}")
                : Answer.of(200, "application/json", "{\"error\":{\"@Message.ExtendedInfo\":[{\"Severity\":\"Warning\"}]}}");
    }

    /** All of it, or as much as it likes. */
    private boolean take(Account account, Request request) {
        JsonNode body = read(request.body());
        account.changes++;
        String name = body.path("UserName").asText(account.name);
        if (body.has("UserName") && name.isEmpty()) {
            return false;
        }
        account.name = name;
        account.password = body.path("Password").asText(account.password);
        account.role = body.path("RoleId").asText(account.role);
        VendorSecrets.keep(account.password);
        boolean enable = body.path("Enabled").asBoolean(account.enabled);
        account.enabled = enable && !halfHearted && !account.password.isEmpty();
        return account.enabled == enable;
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String tag(Account account) {
        return "\"" + account.changes + "\"";
    }

    private static String body(int id, Account account) {
        return JSON.createObjectNode().put("Id", Integer.toString(id)).put("UserName", account.name).put("RoleId", account.role)
                .put("Enabled", account.enabled).putNull("Password").toString();
    }
}
