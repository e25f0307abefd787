package org.serverconsole.adapter.redfish;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Trust;
import org.serverconsole.config.Secret;

/** What it means when a BMC gives no answer, or one that is not what was asked for. */
public final class Refusal {

    private static final int LONGEST_MESSAGE = 300;

    private Refusal() { }

    /**
     * @param bmc its address, for the message
     * @param asked what was asked of it, for the message
     * @param unspeakable what must not be in the message, although the BMC may have repeated it
     */
    static AdapterException of(Answer answer, String bmc, String asked, List<Secret> unspeakable) {
        String words = answer.words().replaceAll("[^\\x20-\\x7e]+", " ").strip();
        for (Secret secret : unspeakable) {
            if (!secret.isEmpty()) {
                words = words.replace(secret.reveal(), "...");
            }
        }
        if (words.length() > LONGEST_MESSAGE) {
            words = words.substring(0, LONGEST_MESSAGE) + "...";
        }
        return new AdapterException(kind(answer), "BMC " + bmc + ": " + asked + ": HTTP " + answer.status()
                + (words.isEmpty() ? "" : ", " + words));
    }

    /**
     * The same of what a BMC answered to a client of another room.
     *
     * @return empty where it did what it was asked
     */
    public static Optional<AdapterException> of(int status, String body, String bmc, String asked, List<Secret> unspeakable) {
        Answer answer;
        try {
            answer = new Answer(status, Answer.json(body.getBytes(StandardCharsets.UTF_8)), Optional.empty(), Optional.empty());
        } catch (IOException e) {
            return Optional.of(of(e, bmc));
        }
        return answer.succeeded() ? Optional.empty() : Optional.of(of(answer, bmc, asked, unspeakable));
    }

    private static Kind kind(Answer answer) {
        return switch (answer.status()) {
            case 401, 403 -> sessionsExhausted(answer) ? Kind.BUSY : Kind.REJECTED_CREDENTIALS;
            case 404 -> Kind.UNSUPPORTED;
            case 429 -> Kind.BUSY;
            case 503 -> sessionsExhausted(answer) ? Kind.BUSY : Kind.UNREACHABLE;
            case 502, 504 -> Kind.UNREACHABLE;
            default -> sessionsExhausted(answer) ? Kind.BUSY : Kind.PROTOCOL;
        };
    }

    private static boolean sessionsExhausted(Answer answer) {
        // RAC0218 is iDRAC's for "the maximum number of user sessions is reached", the other the standard's.
        return answer.messageIds().stream().anyMatch(id -> id.endsWith(".RAC0218") || id.endsWith(".SessionLimitExceeded"));
    }

    /** Of what was thrown instead of an answer. */
    public static AdapterException of(Throwable failure, String bmc) {
        if (failure instanceof AdapterException ours) {
            return ours;
        }
        Optional<String> distrusted = Trust.refusal(failure);
        if (distrusted.isPresent()) {
            return new AdapterException(Kind.UNREACHABLE, "BMC " + bmc + ": " + distrusted.get(), failure);
        }
        if (failure instanceof HttpTimeoutException || failure instanceof TimeoutException) {
            return new AdapterException(Kind.TIMEOUT, "BMC " + bmc + " did not answer in time", failure);
        }
        if (find(failure, ConnectException.class) || find(failure, UnresolvedAddressException.class)) {
            return new AdapterException(Kind.UNREACHABLE, "BMC " + bmc + " cannot be reached", failure);
        }
        if (find(failure, ProtocolException.class)) {
            // Without its cause, which may quote what was received.
            return new AdapterException(Kind.PROTOCOL, "BMC " + bmc + " answered what is no Redfish");
        }
        if (failure instanceof SSLException && !find(failure, EOFException.class)) {
            return new AdapterException(Kind.PROTOCOL, "BMC " + bmc + " speaks no TLS that is spoken here: "
                    + plain(failure), failure);
        }
        return failure instanceof IOException
                ? new AdapterException(Kind.UNREACHABLE, "BMC " + bmc + " broke the connection: " + plain(failure), failure)
                : new AdapterException(Kind.PROTOCOL, "BMC " + bmc + " answered what cannot be read ("
                        + failure.getClass().getSimpleName() + ")");
    }

    /** Whether the same may be asked again on a new connection: the one used had been closed while it was idle. */
    static boolean ofStaleConnection(Throwable failure) {
        return failure instanceof IOException && !(failure instanceof HttpTimeoutException)
                && !(failure instanceof SSLException) && !find(failure, ConnectException.class)
                && !find(failure, ProtocolException.class);
    }

    private static String plain(Throwable failure) {
        String text = String.valueOf(failure.getMessage()).replaceAll("[^\\x20-\\x7e]+", " ");
        return text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "..." : text;
    }

    private static boolean find(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
