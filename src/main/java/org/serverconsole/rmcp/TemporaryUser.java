package org.serverconsole.rmcp;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.serverconsole.config.Secret;
import org.serverconsole.rmcp.RmcpException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An account on a BMC for one console session, for its web login as well as for IPMI: an operator with a random name and
 * password, in the lowest free slot (22.26 to 22.30). Needs a session with the privilege of an administrator.
 *
 * @param slot the BMC's number of the account
 * @param name its name
 * @param password 16 characters
 */
public record TemporaryUser(int slot, String name, Secret password) {

    private static final Logger LOG = LoggerFactory.getLogger(TemporaryUser.class);

    private static final String SLOT = "user";
    private static final String NAME = "name";

    private static final int APPLICATION = 0x06;
    private static final int SET_ACCESS = 0x43;
    private static final int GET_ACCESS = 0x44;
    private static final int SET_NAME = 0x45;
    private static final int GET_NAME = 0x46;
    private static final int SET_PASSWORD = 0x47;
    private static final int INVALID_FIELD = 0xCC;

    private static final byte THIS_CHANNEL = 0x0E;
    private static final byte CHANGE_BITS = (byte) 0x80;
    private static final byte MESSAGING = 0x10;
    private static final byte NO_ACCESS = 0x0F;
    private static final byte DISABLE = 0;
    private static final byte ENABLE = 1;
    private static final byte PASSWORD = 2;
    private static final byte NO_SESSION_LIMIT = 0;
    private static final int ENABLED = 0x40;
    private static final int NAME_LENGTH = 16;

    /** The first is the anonymous account, which cannot be named. */
    private static final int FIRST_SLOT = 2;
    /** With its number, what a slot is called whose name the BMC does not let be cleared. */
    private static final String FREED = "console-free-";
    /** The second is what HP calls its free slots. */
    private static final Set<String> FREE = Set.of("", "(Empty User)");

    /**
     * Makes one. Where that fails half-way, what was made is taken back.
     *
     * @param lease journals what {@link #revoke} needs, before anything is changed
     */
    public static TemporaryUser create(
            RmcpSession session, SecureRandom random, Duration deadline, Consumer<Map<String, String>> lease)
            throws RmcpException, InterruptedException {
        Slots slots = new Slots(session, System.nanoTime() + deadline.toNanos());
        int slot = slots.lowestFree();
        RandomText text = new RandomText(random);
        TemporaryUser user = new TemporaryUser(slot, text.name(), text.password());
        lease.accept(Map.of(SLOT, Integer.toString(slot), NAME, user.name));
        try {
            slots.fill(user);
            return user;
        } catch (RmcpException e) {
            takeBack(slots, user, e);
            throw e;
        }
    }

    private static void takeBack(Slots slots, TemporaryUser user, RmcpException cause) throws InterruptedException {
        try {
            slots.free(user.slot, user.name);
        } catch (RmcpException e) {
            // It is journalled, and will be tried again.
            cause.addSuppressed(e);
        }
    }

    /** Whether what was journalled is about such an account. */
    public static boolean isLease(Map<String, String> undo) {
        return undo.containsKey(SLOT);
    }

    /**
     * Disables the account and makes its name and password unknown. Does nothing where the slot has become somebody else's.
     *
     * @param undo what {@link #create} journalled
     * @throws RmcpException where the account may still open; to be tried again
     */
    public static void revoke(RmcpSession session, Duration deadline, Map<String, String> undo)
            throws RmcpException, InterruptedException {
        new Slots(session, System.nanoTime() + deadline.toNanos()).free(Integer.parseInt(undo.get(SLOT)), undo.get(NAME));
    }

    /** The BMC's accounts, with the quirks of those who make BMCs. */
    private record Slots(RmcpSession session, long end) {

        private byte[] ask(int command, byte... data) throws RmcpException, InterruptedException {
            return session.command(Duration.ofNanos(end - System.nanoTime()), APPLICATION, command, data);
        }

        int lowestFree() throws RmcpException, InterruptedException {
            byte[] first = ask(GET_ACCESS, THIS_CHANNEL, (byte) 1);
            int most = first.length == 0 ? 0 : first[0] & 0x3F;
            for (int slot = FIRST_SLOT; slot <= most; slot++) {
                if (isFree(name(slot)) && !isEnabled(slot)) {
                    return slot;
                }
            }
            throw new RmcpException(Reason.BUSY, "all " + most + " accounts of the BMC are in use: free one for consoles");
        }

        private static boolean isFree(String name) {
            return FREE.contains(name) || name.startsWith(FREED);
        }

        private String name(int slot) throws RmcpException, InterruptedException {
            try {
                return new String(ask(GET_NAME, (byte) slot), StandardCharsets.ISO_8859_1).split("\0", 2)[0].strip();
            } catch (RmcpException e) {
                if (e.completionCode().orElse(0) != INVALID_FIELD) {
                    throw e;
                }
                return "";
            }
        }

        /** An account without a name may be one that lets anybody in. */
        private boolean isEnabled(int slot) throws RmcpException, InterruptedException {
            byte[] access = ask(GET_ACCESS, THIS_CHANNEL, (byte) slot);
            return access.length > 1 && (access[1] & 0xC0) == ENABLED;
        }

        void fill(TemporaryUser user) throws RmcpException, InterruptedException {
            byte slot = (byte) user.slot;
            rename(user.slot, user.name);
            // Dell enables only what has both, and Supermicro gives messaging only to who has a privilege.
            ask(SET_PASSWORD, password(slot, user.password));
            ask(SET_PASSWORD, slot, ENABLE);
            ask(SET_ACCESS, THIS_CHANNEL, slot, (byte) Privilege.OPERATOR.level(), NO_SESSION_LIMIT);
            ask(SET_ACCESS, (byte) (CHANGE_BITS | MESSAGING | THIS_CHANNEL), slot, (byte) Privilege.OPERATOR.level(),
                    NO_SESSION_LIMIT);
        }

        private void rename(int slot, String name) throws RmcpException, InterruptedException {
            byte[] data = new byte[1 + NAME_LENGTH];
            data[0] = (byte) slot;
            byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(bytes, 0, data, 1, bytes.length);
            try {
                ask(SET_NAME, data);
            } catch (RmcpException e) {
                // So does a BMC answer that gives it that name already.
                if (e.completionCode().orElse(0) != INVALID_FIELD || !name(slot).equals(name)) {
                    throw e;
                }
            }
        }

        private static byte[] password(byte slot, Secret password) {
            byte[] data = new byte[2 + NAME_LENGTH];
            data[0] = slot;
            data[1] = PASSWORD;
            byte[] bytes = password.reveal().getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(bytes, 0, data, 2, bytes.length);
            return data;
        }

        void free(int slot, String name) throws RmcpException, InterruptedException {
            if (slot < FIRST_SLOT || !name(slot).equals(name)) {
                LOG.debug("account {} is not {} any more", slot, name);
                return;
            }
            ask(SET_PASSWORD, (byte) slot, DISABLE);
            // A BMC that forgets the account when it is renamed must have shut it before.
            forget(slot);
            try {
                rename(slot, "");
            } catch (RmcpException e) {
                if (e.completionCode().isEmpty()) {
                    throw e;
                }
                rename(slot, FREED + slot);
            }
        }

        private void forget(int slot) throws RmcpException, InterruptedException {
            try {
                ask(SET_PASSWORD, password((byte) slot, new RandomText(new SecureRandom()).password()));
                ask(SET_ACCESS, (byte) (CHANGE_BITS | THIS_CHANNEL), (byte) slot, NO_ACCESS, NO_SESSION_LIMIT);
            } catch (RmcpException e) {
                if (e.completionCode().isEmpty()) {
                    throw e;
                }
                LOG.info("account {} is disabled, but the BMC let not all of it be cleared: {}", slot, e.getMessage());
            }
        }
    }
}
