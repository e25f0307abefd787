package org.serverconsole.fake;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Supermicro BMC as far as its web login and its HTML5 iKVM go: a wrong password is answered with the login page again, the
 * console's page by Redfish is good for one opening, that of older firmware wants the session's cookie and an opener.
 */
public final class FakeSupermicro extends FakeConsoleSite {

    /** What a BMC has by its generation. */
    public enum Firmware {
        /** The page behind the login only. */
        X10,
        /** Redfish names a page as well. */
        X12
    }

    public static final String USERNAME = "console";
    private static final String BOOTSTRAP = "/cgi/url_redirect.cgi";

    private final String password = "pw&" + UUID.randomUUID();
    private final Firmware firmware;
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private final Set<String> oneTime = ConcurrentHashMap.newKeySet();
    private final Set<String> tickets = ConcurrentHashMap.newKeySet();
    private volatile int sessionLimit = 16;

    private FakeSupermicro(Certificate certificate, Firmware firmware) {
        super(certificate, 0);
        this.firmware = firmware;
    }

    public static FakeSupermicro start(Certificate certificate, Firmware firmware) {
        return new FakeSupermicro(certificate, firmware);
    }

    public String password() {
        return password;
    }

    /** Sessions that have not been logged out. */
    public int sessions() {
        return sessions.size();
    }

    /** Whether a session is left that was used for a console. */
    public boolean granted() {
        return sessions.stream().anyMatch(used::contains);
    }

    public void sessionLimit(int limit) {
        sessionLimit = limit;
    }

    @Override
    protected Optional<Answer> answer(Request request) {
        String sid = request.cookies().getOrDefault("SID", "");
        return switch (request.path()) {
            case "/cgi/login.cgi" -> Optional.of(login(request.body()));
            case "/cgi/logout.cgi" -> {
                sessions.remove(sid);
                yield Optional.of(Answer.html("<script>top.location = '/'</script>"));
            }
            case "/redfish/v1/Managers/1/Oem/Supermicro/IKVM" -> firmware == Firmware.X12 ? Optional.of(ikvm(request)) : Optional.empty();
            case BOOTSTRAP -> Optional.of(sessions.contains(sid) && request.query().equals("url_name=man_ikvm_html5_bootstrap")
                    ? page(sid) : Answer.html("<form><input name=name><input id=pwd><input id=login_word type=submit></form>"));
            default -> oneTime.remove(request.path()) ? Optional.of(page(sid)) : Optional.empty();
        };
    }

    /** It closes itself where nobody has opened it. */
    private Answer page(String sid) {
        used.add(sid);
        String ticket = UUID.randomUUID().toString();
        tickets.add(ticket);
        Answer console = consolePage("noVNC_canvas");
        return Answer.html("<script>if (!window.opener) { location = '/'; }</script>"
                + console.body().replace("location.search", "'?" + ticket + "'"));
    }

    private synchronized Answer login(String form) {
        String expected = "name=" + USERNAME + "&pwd=" + password.replace("&", "%26");
        if (!form.equals(expected)) {
            return Answer.html("<form><input name=name><input id=pwd><input id=login_word type=submit></form>");
        }
        if (sessions.size() >= sessionLimit) {
            return Answer.of(503, "text/html", "too many");
        }
        String sid = UUID.randomUUID().toString().replace("-", "");
        sessions.add(sid);
        return new Answer(200, "text/html", "<script>self.location = '/cgi/url_redirect.cgi?url_name=mainmenu'</script>",
                Map.of("Set-Cookie", "SID=" + sid + "; path=/; secure; HttpOnly"));
    }

    private Answer ikvm(Request request) {
        String basic = "Basic " + Base64.getEncoder().encodeToString((USERNAME + ":" + password).getBytes(StandardCharsets.UTF_8));
        if (!basic.equals(request.headers().get("authorization"))) {
            return Answer.of(401, "application/json", "{}");
        }
        String uri = "/redfish/" + UUID.randomUUID() + ".IKVM";
        oneTime.add(uri);
        return Answer.of(200, "application/json", "{\"Current interface\":\"HTML 5\",\"URI\":\"" + uri + "\"}");
    }

    @Override
    protected boolean mayWatch(Request request) {
        return tickets.remove(request.query());
    }
}
