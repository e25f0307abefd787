package org.serverconsole.rfb;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.serverconsole.rfb.PasswordExchange.Way;
import org.serverconsole.rfb.RfbException.Reason;

/**
 * The security types that are spoken here, the better one first (RFC 6143, 8.1.2, and IANA's registry of RFB security types;
 * those above 255 are subtypes of VeNCrypt, whose servers may list the others there, too).
 */
enum SecurityType {
    X509_PLAIN(262, Encryption.CERTIFICATE, Way.PLAIN),
    X509_VNC(261, Encryption.CERTIFICATE, Way.VNC),
    X509_NONE(260, Encryption.CERTIFICATE, Way.NONE),
    TLS_VNC(258, Encryption.ANONYMOUS, Way.VNC),
    TLS_PLAIN(259, Encryption.ANONYMOUS, Way.PLAIN),
    TLS_NONE(257, Encryption.ANONYMOUS, Way.NONE),
    VNC_AUTH(2, Encryption.NONE, Way.VNC),
    PLAIN(256, Encryption.NONE, Way.PLAIN),
    NONE(1, Encryption.NONE, Way.NONE);

    /** How what follows is encrypted. */
    enum Encryption {
        NONE,
        /** By whoever answers: it keeps out those who only listen. */
        ANONYMOUS,
        CERTIFICATE
    }

    /** The number of VeNCrypt, which leads to its subtypes. */
    static final int VENCRYPT = 19;

    /** How many names a message lists at most; a server may offer 255 types. */
    private static final int MOST_NAMED = 8;

    private final int number;
    private final Encryption encryption;
    private final Way way;

    SecurityType(int number, Encryption encryption, Way way) {
        this.number = number;
        this.encryption = encryption;
        this.way = way;
    }

    /** One of those that are spoken. */
    static SecurityType of(int number) {
        return spoken(List.of(number)).get(0);
    }

    int number() {
        return number;
    }

    Encryption encryption() {
        return encryption;
    }

    Way way() {
        return way;
    }

    /** The best of those offered that suits the target. */
    static Optional<SecurityType> best(List<Integer> offered, RfbTarget target) {
        return spoken(offered).stream().filter(type -> type.encryptedEnough(target) && type.passwordThere(target)).findFirst();
    }

    /** Why there is no {@link #best} among them. */
    static RfbException noneSuits(List<Integer> offered, RfbTarget target, Attempt attempt) {
        List<SecurityType> spoken = spoken(offered);
        if (spoken.isEmpty()) {
            return attempt.failure(Reason.UNSUPPORTED_SECURITY, "offers only security types that are not spoken here: "
                    + names(offered) + "; it must offer None, VNC Authentication or VeNCrypt");
        }
        List<SecurityType> encrypted = spoken.stream().filter(type -> type.encryptedEnough(target)).toList();
        if (encrypted.isEmpty()) {
            return attempt.failure(Reason.UNSUPPORTED_SECURITY, target.certificateRequired()
                    ? "must encrypt under a certificate, but offers only " + names(offered)
                    : "offers only what needs its certificate checked, and there is nothing to check it by: " + names(offered));
        }
        if (target.password().isEmpty()) {
            return attempt.failure(Reason.REJECTED_PASSWORD, "asks for a password, but there is none for it");
        }
        return target.username().isEmpty()
                ? attempt.failure(Reason.REJECTED_PASSWORD, "asks for a user name, but there is none for it")
                : attempt.failure(Reason.UNSUPPORTED_SECURITY, "wants the password unprotected: " + names(offered));
    }

    private static List<SecurityType> spoken(List<Integer> offered) {
        return Arrays.stream(values()).filter(type -> offered.contains(type.number)).toList();
    }

    private boolean encryptedEnough(RfbTarget target) {
        return encryption == Encryption.CERTIFICATE
                ? target.trust().isPresent()
                : !target.certificateRequired() || target.transport().encrypted();
    }

    private boolean passwordThere(RfbTarget target) {
        boolean known = encryption == Encryption.CERTIFICATE || target.transport().encrypted() || target.passwordToAnyone();
        return switch (way) {
            case NONE -> true;
            case VNC -> !target.password().isEmpty();
            case PLAIN -> known && !target.password().isEmpty() && !target.username().isEmpty();
        };
    }

    private static String name(int number) {
        return switch (number) {
            case 1 -> "None";
            case 2 -> "VNC Authentication";
            case 5, 6, 13, 129, 130, 133 -> "RSA-AES (" + number + ")";
            case 16 -> "Tight";
            case 17 -> "Ultra";
            case 18 -> "TLS";
            case VENCRYPT -> "VeNCrypt";
            case 20 -> "SASL";
            case 22 -> "XVP";
            case 30, 31, 32, 33, 34, 35, 36 -> "Apple (" + number + ")";
            case 113 -> "MS-Logon II";
            case 256 -> "Plain";
            case 257 -> "TLSNone";
            case 258 -> "TLSVnc";
            case 259 -> "TLSPlain";
            case 260 -> "X509None";
            case 261 -> "X509Vnc";
            case 262 -> "X509Plain";
            case 263 -> "TLSSASL";
            case 264 -> "X509SASL";
            default -> "type " + Integer.toUnsignedString(number);
        };
    }

    /** The names of the types, in their order. */
    static String names(List<Integer> types) {
        int more = types.size() - MOST_NAMED;
        return types.stream().limit(MOST_NAMED).map(SecurityType::name).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
