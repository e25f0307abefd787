package org.serverconsole.adapter.cimc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.web.WebClient;
import org.serverconsole.config.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A CIMC's XML API (Cisco IMC XML API Programmer's Guide): {@code POST /nuova}, where errors are HTTP 200 as well. */
record CimcClient(WebClient web) {

    private static final Logger LOG = LoggerFactory.getLogger(CimcClient.class);
    private static final String API = "/nuova";
    private static final int LONGEST_MESSAGE = 300;
    private static final String NO_SESSION = "555";
    private static final String DISALLOW = "http://apache.org/xml/features/disallow-doctype-decl";

    /**
     * Logged in.
     *
     * @param refreshSeconds after how long it ends that is not refreshed
     */
    record Session(Secret cookie, int refreshSeconds) { }

    /** What lets one vKVM page in, for 60 s. */
    record Tokens(Secret first, Secret second) { }

    Session logIn(Deadline deadline) throws AdapterException, InterruptedException {
        return session(call("aaaLogin", Map.of("inName", Secret.of(web.access().username()), "inPassword", web.access().password()),
                deadline));
    }

    /** The same session under another cookie; the old one is good no longer. */
    Session refresh(Secret cookie, Deadline deadline) throws AdapterException, InterruptedException {
        return session(call("aaaRefresh", Map.of("inName", Secret.of(web.access().username()), "inPassword", web.access().password(),
                "inCookie", cookie), deadline));
    }

    private Session session(Element answer) throws AdapterException {
        String cookie = answer.getAttribute("outCookie");
        if (cookie.isEmpty()) {
            throw web.nonsense("let us in without a cookie");
        }
        String period = answer.getAttribute("outRefreshPeriod");
        return new Session(Secret.of(cookie), period.matches("\\d{1,6}") ? Integer.parseInt(period) : 600);
    }

    Tokens tokens(Secret cookie, Deadline deadline) throws AdapterException, InterruptedException {
        String[] tokens = call("aaaGetComputeAuthTokens", Map.of("cookie", cookie), deadline).getAttribute("outTokens").split(",");
        if (tokens.length != 2) {
            throw web.nonsense("gave no tokens for its vKVM");
        }
        return new Tokens(Secret.of(tokens[0]), Secret.of(tokens[1]));
    }

    /** Whether there was such a session does not matter. */
    void logOut(Secret cookie, Deadline deadline) throws AdapterException, InterruptedException {
        Element answer = ask("aaaLogout", Map.of("cookie", cookie, "inCookie", cookie), "", deadline);
        Optional<AdapterException> failure = failure("aaaLogout", answer);
        if (failure.isPresent() && !List.of(NO_SESSION, "552").contains(answer.getAttribute("errorCode"))) {
            throw failure.get();
        }
    }

    /** The same where nobody waits for it, after whatever went before. */
    void logOutQuietly(Secret cookie, Deadline deadline) throws InterruptedException {
        try {
            logOut(cookie, deadline);
        } catch (AdapterException e) {
            LOG.warn("CIMC {} did not let us log out; the session ends by itself: {}", web.access().authority(), e.getMessage());
        }
    }

    /** What the object of that name has, such as {@code operPower}. */
    Map<String, String> resolve(Secret cookie, String dn, Deadline deadline) throws AdapterException, InterruptedException {
        Element answer = call("configResolveDn",
                Map.of("cookie", cookie, "dn", Secret.of(dn), "inHierarchical", Secret.of("false")), deadline);
        return children(answer).filter(config -> config.getTagName().equals("outConfig")).flatMap(CimcClient::children).findFirst()
                .map(CimcClient::attributes).orElseThrow(() -> new AdapterException(Kind.UNSUPPORTED,
                        "CIMC " + web.access().authority() + " has no " + dn));
    }

    private static Stream<Element> children(Element parent) {
        NodeList all = parent.getChildNodes();
        return IntStream.range(0, all.getLength()).mapToObj(all::item).filter(Element.class::isInstance).map(Element.class::cast);
    }

    private static Map<String, String> attributes(Element element) {
        NamedNodeMap all = element.getAttributes();
        return IntStream.range(0, all.getLength()).mapToObj(all::item).collect(Collectors.toMap(Node::getNodeName, Node::getNodeValue));
    }

    /** Changes one thing about the object of that name and class. */
    void configure(Secret cookie, String dn, String type, String attribute, String value, Deadline deadline)
            throws AdapterException, InterruptedException {
        String config = "<inConfig><" + type + " dn=\"" + dn + "\" " + attribute + "=\"" + value + "\"/></inConfig>";
        checked("configConfMo", ask("configConfMo",
                Map.of("cookie", cookie, "dn", Secret.of(dn), "inHierarchical", Secret.of("false")), config, deadline));
    }

    private Element call(String method, Map<String, Secret> attributes, Deadline deadline)
            throws AdapterException, InterruptedException {
        return checked(method, ask(method, attributes, "", deadline));
    }

    private Element checked(String method, Element answer) throws AdapterException {
        Optional<AdapterException> failure = failure(method, answer);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return answer;
    }

    private Optional<AdapterException> failure(String method, Element answer) {
        String code = answer.getAttribute("errorCode");
        if (code.isEmpty() || code.equals("0")) {
            return Optional.empty();
        }
        Kind kind = switch (code) {
            case "551", "552" -> Kind.REJECTED_CREDENTIALS;
            case "572" -> Kind.BUSY;
            default -> Kind.PROTOCOL;
        };
        String words = answer.getAttribute("errorDescr").replaceAll("[^\\x20-\\x7e]+", " ")
                .replace(web.access().password().reveal(), "...");
        return Optional.of(new AdapterException(kind, "CIMC " + web.access().authority() + ": " + method + ": " + code + ", "
                + (words.length() > LONGEST_MESSAGE ? words.substring(0, LONGEST_MESSAGE) + "..." : words)));
    }

    /** @param config XML inside of it, or empty */
    private Element ask(String method, Map<String, Secret> attributes, String config, Deadline deadline)
            throws AdapterException, InterruptedException {
        StringBuilder xml = new StringBuilder("<").append(method);
        attributes.forEach((name, value) -> xml.append(' ').append(name).append("=\"").append(escaped(value.reveal())).append('"'));
        WebClient.Answer answer = web.ask(
                WebClient.Request.post(API, "application/xml", Secret.of(xml.append(config.isEmpty() ? "/>"
                        : ">" + config + "</" + method + ">").toString()), Map.of()), deadline);
        if (answer.status() == 404) {
            throw new AdapterException(Kind.UNSUPPORTED, "the BMC " + web.access().authority() + " has no XML API: is it no CIMC?");
        }
        if (answer.status() != 200) {
            throw web.nonsense("answered " + method + " with HTTP " + answer.status());
        }
        return parsed(answer.body(), method);
    }

    private Element parsed(String body, String method) throws AdapterException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(DISALLOW, true);
            var builder = factory.newDocumentBuilder();
            // Else it writes to the standard error.
            builder.setErrorHandler(null);
            Document document = builder.parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
            Node root = document.getDocumentElement();
            if (root instanceof Element element && element.getTagName().matches(method + "|error")) {
                return element;
            }
            throw web.nonsense("answered " + method + " with something else");
        } catch (SAXException | IOException | ParserConfigurationException e) {
            // Without its words, which may repeat what was asked.
            throw web.nonsense("answered " + method + " with what is no XML");
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
