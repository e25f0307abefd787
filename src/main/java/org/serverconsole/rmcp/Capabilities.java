package org.serverconsole.rmcp;

import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a BMC says of itself before anybody logs in: whether it speaks IPMI 2.0, and which cipher suites it has (22.13,
 * 22.15). Nobody vouches for these answers. The worst a forged one does is choose between suites that are both good enough.
 */
final class Capabilities {

    private static final int APPLICATION = 0x06;
    private static final int GET_AUTHENTICATION = 0x38;
    private static final int GET_CIPHER_SUITES = 0x54;
    private static final byte THIS_CHANNEL = 0x0E;
    private static final int PLUS = 0x80;
    private static final int LIST = 0x80;
    private static final int OWN_KEY = 0x20;
    private static final int VERSION_2 = 0x02;
    private static final int SUITE = 0xC0;
    private static final int OEM_SUITE = 0xC1;
    private static final int RECORD_PART = 16;
    private static final int MOST_PARTS = 32;
    /** How often a BMC is asked for its suites before it is taken for one that does not know the question. */
    private static final int TRIES = 4;

    private final BmcLogin login;
    private final Way way;
    private final ByteArrayOutputStream suites = new ByteArrayOutputStream();
    private boolean answered;
    private boolean ownKey;
    private int sequence;
    private int part;
    private int tries;

    /** The way to the BMC, and what becomes of the answers. */
    interface Way {
        void ask(byte[] message);

        void use(CipherSuite suite);

        void refuse(String message);
    }

    Capabilities(BmcLogin login, Way way) {
        this.login = login;
        this.way = way;
    }

    void start() {
        ask();
    }

    /** Asks again what has not been answered. */
    void repeat() {
        tries++;
        if (answered && tries >= TRIES) {
            way.use(CipherSuite.SUITE_3);
        } else {
            ask();
        }
    }

    /** Whether the BMC has said anything. */
    boolean answered() {
        return answered;
    }

    /** Whether the BMC says that it has a key of its own beside the users' passwords. */
    boolean hasOwnKey() {
        return ownKey;
    }

    private void ask() {
        sequence = sequence + 1 & 0x3F;
        way.ask(answered
                ? IpmiMessage.request(APPLICATION, sequence, GET_CIPHER_SUITES, THIS_CHANNEL, (byte) 0, (byte) (LIST | part))
                : IpmiMessage.request(APPLICATION, sequence, GET_AUTHENTICATION, (byte) (PLUS | THIS_CHANNEL),
                        (byte) login.privilege().level()));
    }

    void receive(IpmiMessage.Answer answer) {
        if (answer.netFn() != APPLICATION || answer.sequence() != sequence) {
            return;
        }
        if (answer.command() == GET_AUTHENTICATION && !answered) {
            receiveAuthentication(answer);
        } else if (answer.command() == GET_CIPHER_SUITES && answered) {
            receiveSuites(answer);
        }
    }

    private void receiveAuthentication(IpmiMessage.Answer answer) {
        answered = true;
        byte[] data = answer.data();
        if (answer.code() == 0 && data.length >= 4) {
            if ((data[1] & PLUS) == 0 || (data[3] & VERSION_2) == 0) {
                way.refuse(login.peer() + " speaks IPMI 1.5 only, which encrypts nothing");
                return;
            }
            ownKey = (data[2] & OWN_KEY) != 0;
        }
        if (login.suite().isPresent()) {
            way.use(login.suite().get());
        } else {
            tries = 0;
            ask();
        }
    }

    private void receiveSuites(IpmiMessage.Answer answer) {
        byte[] data = answer.data();
        if (answer.code() != 0 || data.length < 1) {
            way.use(CipherSuite.SUITE_3);
            return;
        }
        suites.write(data, 1, data.length - 1);
        if (data.length - 1 == RECORD_PART && part < MOST_PARTS - 1) {
            part++;
            tries = 0;
            ask();
        } else {
            choose();
        }
    }

    private void choose() {
        Set<Integer> offered = standardSuites(suites.toByteArray());
        for (CipherSuite suite : CipherSuite.values()) {
            if (offered.contains(suite.id()) || offered.isEmpty() && suite == CipherSuite.SUITE_3) {
                way.use(suite);
                return;
            }
        }
        way.refuse(login.peer() + " has cipher suites " + offered + " only, of which none protects: enable 17 or 3");
    }

    private static Set<Integer> standardSuites(byte[] records) {
        Set<Integer> ids = new TreeSet<>();
        for (int i = 0; i + 1 < records.length; i++) {
            if ((records[i] & 0xFF) == SUITE) {
                ids.add(records[++i] & 0xFF);
            } else if ((records[i] & 0xFF) == OEM_SUITE) {
                // Its number and its maker's, which may look like anything.
                i += 4;
            }
        }
        return ids;
    }
}
