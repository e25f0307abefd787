package org.serverconsole.fake;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Cisco CIMC as far as its XML API and its vKVM go (Cisco IMC XML API Programmer's Guide): errors are HTTP 200, a refresh
 * replaces the cookie, tokens are good for 60 s and once, and there are four sessions.
 */
public final class FakeCimc extends FakeConsoleSite {

    public static final String USERNAME = "console";
    private static final Duration TOKENS = Duration.ofSeconds(60);
    private static final Pattern METHOD = Pattern.compile("<(aaa\\w+|config\\w+) ([^>]*?)(?:/>|>(<inConfig>.*</inConfig>)</\\1>)");
    private static final Pattern POWER = Pattern.compile("<inConfig><computeRackUnit dn=\"sys/rack-unit-1\" adminPower=\"([\\w-]+)\"/></inConfig>");
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final String password = "pw-" + UUID.randomUUID();
    private final Clock clock;
    private final Set<String> cookies = ConcurrentHashMap.newKeySet();
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
    private volatile int sessionLimit = 4;
    private volatile int refreshSeconds = 600;
    private final List<String> powered = new CopyOnWriteArrayList<>();
    private volatile BiPredicate<String, String> others = (name, secret) -> false;
    private volatile String power = "on";
    private volatile List<String> pages = List.of("/html/kvmViewer.html");

    private FakeCimc(Certificate certificate, Clock clock) {
        super(certificate, 0);
        this.clock = clock;
    }

    public static FakeCimc start(Certificate certificate) {
        return new FakeCimc(certificate, Clock.systemUTC());
    }

    public String password() {
        return password;
    }

    /** Whom else it lets in, by name and password. */
    public void others(BiPredicate<String, String> letsIn) {
        others = letsIn;
    }

    /** Sessions that are neither logged out nor ended. */
    public int sessions() {
        return cookies.size();
    }

    /** Whether a session is left that has been given tokens. */
    public boolean granted() {
        return cookies.stream().anyMatch(used::contains);
    }

    /** How many sessions it has; those of others count as well. */
    public void sessionLimit(int limit) {
        sessionLimit = limit;
    }

    /** What it says a session lasts that is not refreshed. */
    public void refreshSeconds(int seconds) {
        refreshSeconds = seconds;
    }

    /** Whether the server is {@code on} or {@code off}. */
    public void power(String state) {
        power = state;
    }

    /** What was done to its power so far, in the CIMC's words. */
    public List<String> powered() {
        return List.copyOf(powered);
    }

    /** Where this firmware has its vKVM; nowhere where it is too old. */
    public void pages(String... paths) {
        pages = List.of(paths);
    }

    @Override
    protected Optional<Answer> answer(Request request) {
        if (request.path().equals("/nuova") && request.method().equals("POST")) {
            return Optional.of(Answer.of(200, "application/xml", api(request.body())));
        }
        return pages.contains(request.path()) ? Optional.of(consolePage("kvmCanvas")) : Optional.empty();
    }

    @Override
    protected boolean mayWatch(Request request) {
        Map<String, String> query = new ConcurrentHashMap<>();
        for (String pair : request.query().split("&")) {
            query.put(pair.split("=", 2)[0], pair.contains("=") ? pair.split("=", 2)[1] : "");
        }
        Instant made = tokens.remove(query.get("tkn1") + "," + query.get("tkn2"));
        return made != null && clock.instant().isBefore(made.plus(TOKENS)) && query.containsKey("cimcAddr");
    }

    private synchronized String api(String body) {
        Matcher method = METHOD.matcher(body);
        if (!method.matches()) {
            return "<error cookie=\"\" response=\"yes\" errorCode=\"594\" invocationResult=\"594\" errorDescr=\"XML PARSING ERROR\"/>";
        }
        Map<String, String> attributes = new ConcurrentHashMap<>();
        Matcher each = ATTRIBUTE.matcher(method.group(2));
        while (each.find()) {
            attributes.put(each.group(1), each.group(2).replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">")
                    .replace("&amp;", "&"));
        }
        return method.group(1).startsWith("config") ? config(method.group(1), attributes, Optional.ofNullable(method.group(3)).orElse(""))
                : answer(method.group(1), attributes);
    }

    private String config(String method, Map<String, String> attributes, String config) {
        if (!cookies.contains(attributes.getOrDefault("cookie", ""))) {
            return error(method, 552, "Authorization required");
        }
        if (!attributes.getOrDefault("dn", "").equals("sys/rack-unit-1")) {
            return "<" + method + " cookie=\"\" response=\"yes\"><outConfig></outConfig></" + method + ">";
        }
        if (method.equals("configConfMo")) {
            Matcher change = POWER.matcher(config);
            if (!change.matches()) {
                return error(method, 594, "XML PARSING ERROR");
            }
            powered.add(change.group(1));
            power = change.group(1).matches("down|soft-shut-down") ? "off" : "on";
        }
        return "<" + method + " cookie=\"\" response=\"yes\"><outConfig><computeRackUnit dn=\"sys/rack-unit-1\" adminPower=\"policy\""
                + " operPower=\"" + power + "\" model=\"UCSC-C220-M5SX\"></computeRackUnit></outConfig></" + method + ">";
    }

    private String answer(String method, Map<String, String> attributes) {
        String cookie = attributes.getOrDefault("inCookie", attributes.getOrDefault("cookie", ""));
        String name = attributes.getOrDefault("inName", "");
        String secret = attributes.getOrDefault("inPassword", "");
        boolean account = name.equals(USERNAME) && secret.equals(password) || !name.isEmpty() && others.test(name, secret);
        switch (method) {
            case "aaaLogin":
                if (!account) {
                    return error(method, 551, "Authentication failed");
                }
                return cookies.size() >= sessionLimit ? error(method, 572, "Maximum sessions limit reached") : session(method);
            case "aaaRefresh":
                if (!account || !cookies.remove(cookie)) {
                    return error(method, account ? 555 : 551, "Session not found");
                }
                boolean granted = used.remove(cookie);
                String answer = session(method);
                if (granted) {
                    used.addAll(cookies);
                }
                return answer;
            case "aaaGetComputeAuthTokens":
                if (!cookies.contains(cookie)) {
                    return error(method, 552, "Authorization required");
                }
                used.add(cookie);
                String pair = ThreadLocalRandom.current().nextInt(1 << 30) + "," + ThreadLocalRandom.current().nextInt(1 << 30);
                tokens.put(pair, clock.instant());
                return "<" + method + " cookie=\"" + cookie + "\" outTokens=\"" + pair + "\" response=\"yes\"></" + method + ">";
            case "aaaLogout":
                return cookies.remove(cookie)
                        ? "<aaaLogout cookie=\"\" response=\"yes\" outStatus=\"success\"></aaaLogout>"
                        : error(method, 555, "Session not found");
            default:
                return error(method, 594, "unknown method");
        }
    }

    private String session(String method) {
        String cookie = "1234567890/" + UUID.randomUUID();
        cookies.add(cookie);
        return "<" + method + " cookie=\"\" response=\"yes\" outCookie=\"" + cookie + "\" outRefreshPeriod=\"" + refreshSeconds
                + "\" outPriv=\"admin\"></" + method + ">";
    }

    private static String error(String method, int code, String words) {
        return "<" + method + " cookie=\"\" response=\"yes\" errorCode=\"" + code
                + "\" invocationResult=\"unidentified-fail\" errorDescr=\"" + words + "\"></" + method + ">";
    }
}
