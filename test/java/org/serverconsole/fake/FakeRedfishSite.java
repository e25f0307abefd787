package org.serverconsole.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A BMC whose console is a page that Redfish opens: sessions, and a ticket for the page that is good once. */
public abstract class FakeRedfishSite extends FakeConsoleSite {

    private final String password = "pw-" + UUID.randomUUID();
    private final FakeAccounts accounts;
    /** From their tokens to whose they are. */
    private final Map<String, String> users = new ConcurrentHashMap<>();
    /** From their tokens to their IDs. */
    private final Map<String, String> sessions = new ConcurrentHashMap<>();
    private final Set<String> tickets = ConcurrentHashMap.newKeySet();
    private volatile String refused = "refuses nothing";
    private volatile Answer refusal = Answer.html("");

    protected FakeRedfishSite(Certificate certificate, FakeAccounts accounts) {
        super(certificate, 0);
        this.accounts = accounts;
        VendorSecrets.keep(password);
    }

    /**
     * From now on every path that ends so is answered with that.
     *
     * @param messageId of the extended error, or empty for an answer in HTML
     */
    public void refuse(String path, int status, String messageId) {
        refused = path;
        refusal = messageId.isEmpty() ? Answer.of(status, "text/html", "<h1>no</h1>") : Answer.of(status, "application/json",
                "{\"error\":{\"@Message.ExtendedInfo\":[{\"MessageId\":\"" + messageId + "\",\"Message\":\"as told " + password + "\"}]}}");
    }

    /** Those beside the one of the inventory. */
    public FakeAccounts accounts() {
        return accounts;
    }

    public String password() {
        return password;
    }

    /** Whose the sessions are. */
    public List<String> users() {
        return sessions.keySet().stream().map(users::get).toList();
    }

    public int sessions() {
        return sessions.size();
    }

    /** Where sessions are made. */
    protected String sessionsPath() {
        return "/redfish/v1/SessionService/Sessions";
    }

    /** The pages that need no session; empty where it is another. */
    protected abstract Optional<Answer> page(Request request);

    /** What an action gives, for a page's ticket; empty where there is no such action. */
    protected abstract Optional<Answer> action(Request request, String ticket);

    @Override
    protected Optional<Answer> answer(Request request) {
        if (request.path().endsWith(refused)) {
            return Optional.of(refusal);
        }
        Optional<Answer> page = page(request);
        if (page.isPresent()) {
            return page;
        }
        if (request.path().equals(sessionsPath())) {
            return Optional.of(login(request.body()));
        }
        if (request.path().endsWith("/Sessions")) {
            return Optional.of(Answer.of(405, "application/json", "{}"));
        }
        String token = request.headers().getOrDefault("x-auth-token", "");
        if (!sessions.containsKey(token)) {
            return Optional.of(Answer.of(401, "application/json", "{}"));
        }
        if (request.path().equals("/redfish/v1/")) {
            return Optional.of(accounts.root());
        }
        if (request.path().startsWith(FakeAccounts.PATH)) {
            return Optional.of(users.get(token).equals("console") ? accounts.answer(request) : Answer.of(403, "application/json", "{}"));
        }
        if (request.method().equals("DELETE") && request.path().equals(sessionsPath() + "/" + sessions.get(token))) {
            sessions.remove(token);
            return Optional.of(Answer.of(204, "application/json", ""));
        }
        String ticket = UUID.randomUUID().toString();
        tickets.add(ticket);
        return action(request, ticket);
    }

    private Answer login(String text) {
        try {
            JsonNode body = new ObjectMapper().readTree(text);
            String name = body.path("UserName").asText();
            String secret = body.path("Password").asText();
            if (!(name.equals("console") && secret.equals(password)) && !accounts.letsIn(name, secret)) {
                return Answer.of(401, "application/json", "{}");
            }
            String token = UUID.randomUUID().toString();
            String id = UUID.randomUUID().toString();
            sessions.put(token, id);
            users.put(token, name);
            return new Answer(201, "application/json", "{}", Map.of("X-Auth-Token", token, "Location", sessionsPath() + "/" + id));
        } catch (JsonProcessingException e) {
            return Answer.of(400, "application/json", "{}");
        }
    }

    @Override
    protected boolean mayWatch(Request request) {
        return tickets.remove(request.query());
    }
}
