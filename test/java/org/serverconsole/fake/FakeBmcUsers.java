package org.serverconsole.fake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The users of a BMC and the commands that change them (IPMI 2.0, 22.26 to 22.30), with what real ones insist on: name and
 * password before a user is enabled (Dell), LAN privilege before messaging (Supermicro), no name twice, no reserved name
 * (AMI), no session limit, passwords of many kinds of characters (Huawei), and no empty name once one was given.
 */
final class FakeBmcUsers {

    static final int OK = 0;
    private static final int INVALID = 0xCC;
    private static final int OUT_OF_RANGE = 0xC9;
    private static final int SHORT = 0xC7;
    private static final Set<String> RESERVED = Set.of("sysadmin", "daemon", "sshd", "ntp", "root");

    private final TreeMap<Integer, FakeBmc.User> slots = new TreeMap<>();
    private final int most;
    private final String freeName;

    /**
     * @param freeName what free slots are called, such as {@code (Empty User)}; empty where their names cannot be read
     */
    FakeBmcUsers(int most, String freeName) {
        this.most = most;
        this.freeName = freeName;
        for (int slot = 1; slot <= most; slot++) {
            slots.put(slot, new FakeBmc.User(slot == 1 ? "" : freeName));
        }
    }

    FakeBmc.User slot(int slot) {
        return slots.get(slot);
    }

    Optional<FakeBmc.User> enabled(String name) {
        return slots.values().stream().filter(user -> user.enabled && user.messaging && user.name.equals(name)).findFirst();
    }

    byte[] access(byte[] data) {
        if (data.length < 2 || !slots.containsKey(data[1] & 0x3F)) {
            return new byte[] {(byte) OUT_OF_RANGE};
        }
        FakeBmc.User user = slots.get(data[1] & 0x3F);
        int enabledCount = (int) slots.values().stream().filter(other -> other.enabled).count();
        return new byte[] {OK, (byte) most, (byte) ((user.enabled ? 0x40 : 0x80) | enabledCount), 1,
            (byte) ((user.messaging ? 0x10 : 0) | user.privilege)};
    }

    byte[] name(byte[] data) {
        FakeBmc.User user = data.length < 1 ? null : slots.get(data[0] & 0x3F);
        if (user == null || user.name.isEmpty()) {
            return new byte[] {(byte) INVALID};
        }
        byte[] answer = new byte[17];
        byte[] name = user.name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, answer, 1, name.length);
        return answer;
    }

    int setName(byte[] data) {
        FakeBmc.User user = data.length != 17 ? null : slots.get(data[0] & 0x3F);
        if (user == null || (data[0] & 0x3F) == 1) {
            return data.length != 17 ? SHORT : INVALID;
        }
        String name = new String(data, 1, 16, StandardCharsets.US_ASCII).split("\0", 2)[0];
        boolean refused = name.isEmpty() || RESERVED.contains(name) || !name.equals(freeName)
                && slots.values().stream().anyMatch(other -> other.name.equals(name));
        if (refused) {
            return INVALID;
        }
        user.name = name;
        return OK;
    }

    int setPassword(byte[] data) {
        FakeBmc.User user = data.length < 2 ? null : slots.get(data[0] & 0x3F);
        if (user == null) {
            return data.length < 2 ? SHORT : INVALID;
        }
        boolean longer = (data[0] & 0x80) != 0;
        switch (data[1] & 3) {
            case 0 -> user.enabled = false;
            case 1 -> {
                if (user.name.equals(freeName) || user.password.length == 0) {
                    return INVALID;
                }
                user.enabled = true;
            }
            case 2 -> {
                if (data.length != (longer ? 22 : 18)) {
                    return SHORT;
                }
                byte[] password = Arrays.copyOfRange(data, 2, data.length);
                VendorSecrets.keep(new String(password, StandardCharsets.US_ASCII).replace("\0", ""));
                if (!isGood(new String(password, StandardCharsets.US_ASCII).split("\0", 2)[0])) {
                    return INVALID;
                }
                user.password = password;
            }
            default -> {
                return INVALID;
            }
        }
        return OK;
    }

    private static boolean isGood(String password) {
        return password.length() >= 16 && password.chars().filter(Character::isUpperCase).count() >= 2
                && password.chars().filter(Character::isLowerCase).count() >= 2
                && password.chars().filter(Character::isDigit).count() >= 2
                && password.chars().anyMatch(c -> !Character.isLetterOrDigit(c))
                && password.chars().distinct().count() == password.length();
    }

    int setAccess(byte[] data) {
        FakeBmc.User user = data.length < 3 ? null : slots.get(data[1] & 0x3F);
        if (user == null || data.length > 3 && data[3] != 0) {
            return INVALID;
        }
        boolean changesBits = (data[0] & 0x80) != 0;
        boolean messaging = (data[0] & 0x10) != 0;
        int privilege = data[2] & 0x0F;
        if (changesBits && messaging && user.privilege != privilege) {
            return INVALID;
        }
        user.privilege = privilege;
        if (changesBits) {
            user.messaging = messaging;
        }
        return OK;
    }
}
