package org.serverconsole.adapter.web;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Opening;
import org.serverconsole.adapter.lan.IpmiClient;
import org.serverconsole.adapter.redfish.Redfish;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.rmcp.BmcLogin;
import org.serverconsole.rmcp.Privilege;
import org.serverconsole.rmcp.RandomText;
import org.serverconsole.rmcp.RmcpTiming;
import org.serverconsole.rmcp.TemporaryUser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts that a BMC has for one opening of a console, where option {@code account} is {@code temporary}: over Redfish, and over
 * IPMI (option {@code ipmiport}, 623) where the BMC has no accounts there. The inventory's account must be an administrator.
 */
final class Guests implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Guests.class);
    private static final String OPTION = "account";
    private static final String TEMPORARY = "temporary";
    private static final String PORT = "ipmiport";
    static final Set<String> OPTIONS = Set.of(OPTION, PORT);
    private static final String DEFAULT_PORT = "623";
    private static final String NAME = "account";
    private static final String PATH = "at";

    private final IpmiClient ipmi;
    private final RandomText text;
    private final String process;
    private final Logins logins;
    /** Of those made over Redfish by this process: the names that are not yet removed. */
    private final Set<String> made = ConcurrentHashMap.newKeySet();

    /** @param process that makes them */
    Guests(SecureRandom random, String process, Logins logins) {
        this.logins = logins;
        ipmi = new IpmiClient(RmcpTiming.STANDARD, random);
        text = new RandomText(random);
        this.process = process;
    }

    /**
     * Who logs in.
     *
     * @param web as that account
     * @param undo how the account is removed, or empty where it is the inventory's own
     */
    record Guest(WebClient web, Optional<Map<String, String>> undo) { }

    static Optional<ServerRule.Problem> problem(Server server) {
        Optional<String> account = server.option(OPTION).filter(value -> !value.equals(TEMPORARY));
        if (account.isPresent()) {
            return Optional.of(new ServerRule.Problem(OPTION, "found \"" + account.get() + "\", write temporary, or leave it out"));
        }
        return server.option(PORT).filter(port -> !port.matches("[1-9]\\d{0,4}") || Integer.parseInt(port) > 65535)
                .map(port -> new ServerRule.Problem(PORT, "found \"" + port + "\", write a whole number from 1 to 65535"));
    }

    static boolean isLease(Map<String, String> undo) {
        return undo.containsKey(NAME) || TemporaryUser.isLease(undo);
    }

    /** The inventory's account, or one made for this opening, which is journalled before. */
    Guest guest(WebClient admin, Server server, Opening opening, Deadline deadline) throws AdapterException, InterruptedException {
        if (server.option(OPTION).isEmpty()) {
            return new Guest(admin, Optional.empty());
        }
        try {
            return overRedfish(admin, opening, deadline);
        } catch (AdapterException e) {
            if (e.kind() != Kind.UNSUPPORTED) {
                throw e;
            }
            LOG.debug("{}: an account is made over IPMI, since: {}", admin.access().authority(), e.getMessage());
            return overIpmi(admin, server, opening, deadline);
        }
    }

    private Guest overRedfish(WebClient admin, Opening opening, Deadline deadline) throws AdapterException, InterruptedException {
        String name = text.name();
        Secret password = text.password();
        RedfishLogin session = session(admin, deadline);
        RedfishAccounts accounts = new RedfishAccounts(admin, session);
        Map<String, String> undo = new HashMap<>(Map.of(NAME, name, KioskAdapter.PROCESS, process));
        boolean whole = false;
        made.add(name);
        try {
            String path = accounts.create(name, password, at -> {
                at.ifPresent(known -> undo.put(PATH, known));
                opening.lease(Map.copyOf(undo));
            }, deadline);
            undo.put(PATH, path);
            whole = true;
            return new Guest(as(admin, name, password), Optional.of(Map.copyOf(undo)));
        } finally {
            if (!whole) {
                removeQuietly(accounts, name, undo, deadline);
            }
            outQuietly(admin, session, deadline);
        }
    }

    private RedfishLogin session(WebClient admin, Deadline deadline) throws AdapterException, InterruptedException {
        return logins.in(admin, time -> RedfishLogin.in(admin, time), (session, time) -> session.out(admin, time), deadline);
    }

    private static WebClient as(WebClient admin, String name, Secret password) {
        return new WebClient(admin.http(), admin.access().as(name, password));
    }

    /** What is left half-way is journalled, and taken back with the rest where this fails. */
    private void removeQuietly(RedfishAccounts accounts, String name, Map<String, String> undo, Deadline deadline) throws InterruptedException {
        try {
            if (undo.containsKey(PATH)) {
                accounts.remove(name, Optional.of(undo.get(PATH)), deadline);
                made.remove(name);
            }
        } catch (AdapterException e) {
            LOG.warn("an account that was made half-way is left for later: {}", e.getMessage());
        }
    }

    private static void outQuietly(WebClient admin, RedfishLogin session, Deadline deadline) throws InterruptedException {
        try {
            // A session is to be ended where there is no time left as well.
            session.out(admin, Deadline.in(deadline.leftOr(Redfish.LATE)));
        } catch (AdapterException e) {
            LOG.warn("{} did not let us log out; the session ends by itself: {}", admin.access().authority(), e.getMessage());
        }
    }

    private Guest overIpmi(WebClient admin, Server server, Opening opening, Deadline deadline) throws AdapterException, InterruptedException {
        Map<String, String> undo = new HashMap<>();
        TemporaryUser user = ipmi.once(peer(admin, server), Privilege.ADMINISTRATOR, deadline, session ->
                TemporaryUser.create(session, text.random(), deadline.left(), lease -> {
                    undo.putAll(lease);
                    opening.lease(lease);
                }));
        return new Guest(as(admin, user.name(), user.password()), Optional.of(Map.copyOf(undo)));
    }

    private static IpmiClient.Peer peer(WebClient admin, Server server) throws AdapterException {
        String name = admin.access().username();
        Secret password = admin.access().password();
        if (name.length() > BmcLogin.LONGEST_NAME || password.reveal().length() > BmcLogin.LONGEST_PASSWORD) {
            throw new AdapterException(Kind.UNSUPPORTED, "BMC " + admin.access().authority() + " makes accounts over IPMI only, where "
                    + name + " cannot log in: a name has at most " + BmcLogin.LONGEST_NAME + " bytes there, a password "
                    + BmcLogin.LONGEST_PASSWORD);
        }
        return new IpmiClient.Peer(admin.access().host(), Integer.parseInt(server.option(PORT).orElse(DEFAULT_PORT)), name, password,
                Optional.empty());
    }

    /** Removes what was made; once more does no harm. */
    void remove(WebClient admin, Server server, Map<String, String> undo, Deadline deadline) throws AdapterException, InterruptedException {
        if (TemporaryUser.isLease(undo)) {
            ipmi.once(peer(admin, server), Privilege.ADMINISTRATOR, deadline, session -> {
                TemporaryUser.revoke(session, deadline.left(), undo);
                return true;
            });
            return;
        }
        String name = undo.get(NAME);
        if (process.equals(undo.get(KioskAdapter.PROCESS)) && !made.contains(name)) {
            // To look once more would cost the BMC a session.
            return;
        }
        RedfishLogin session = session(admin, deadline);
        try {
            new RedfishAccounts(admin, session).remove(name, Optional.ofNullable(undo.get(PATH)), deadline);
            made.remove(name);
        } finally {
            outQuietly(admin, session, deadline);
        }
    }

    @Override
    public void close() {
        ipmi.close();
    }
}
