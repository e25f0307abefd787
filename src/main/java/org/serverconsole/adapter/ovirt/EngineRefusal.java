package org.serverconsole.adapter.ovirt;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.http.client.ClientProtocolException;
import org.apache.http.conn.ConnectTimeoutException;
import org.ovirt.engine.sdk4.Error;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Trust;
import org.serverconsole.adapter.ovirt.EngineHttp.StatusOnly;

/** What a failed call to an engine means. */
final class EngineRefusal {

    private static final Pattern STATUS = Pattern.compile("HTTP response code is \"(\\d+)\"");
    private static final Pattern SSO = Pattern.compile("Error during SSO authentication \"?(\\w+)");
    // The engine gives the name of its message or the message itself, as its version pleases.
    private static final Pattern HELD = Pattern.compile(
            "CANNOT_FORCE_RECONNECT|IN_USE_BY_OTHER_USER|\\b(an)?other user\\b", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST_MESSAGE = 300;

    private EngineRefusal() { }

    /** Whether the engine no longer knows the token it gave. */
    static boolean ofToken(Throwable failure) {
        return find(failure, StatusOnly.class).filter(answer -> answer.status() == 401).isPresent();
    }

    /** Whether the engine answered at all. */
    static boolean isAnswer(Throwable failure) {
        return find(failure, IOException.class).filter(e -> !(e instanceof StatusOnly)).isEmpty();
    }

    /**
     * @param host the engine's, for the message
     * @param unspeakable what must not be in the message, although the engine may have said it
     */
    static AdapterException of(Throwable failure, String host, List<String> unspeakable) {
        if (failure instanceof AdapterException ours) {
            return ours;
        }
        Optional<StatusOnly> bare = find(failure, StatusOnly.class);
        if (bare.isPresent()) {
            int status = bare.get().status();
            return said(ofStatus(status, ""), host, "HTTP " + status + ", " + bare.get().getMessage(), unspeakable);
        }
        Optional<IOException> broken = find(failure, IOException.class);
        if (broken.isPresent()) {
            return ofConnection(broken.get(), host);
        }
        if (failure instanceof Error error) {
            String words = String.valueOf(error.getMessage());
            return said(ofWords(words), host, words, unspeakable);
        }
        return new AdapterException(Kind.PROTOCOL, "engine " + host + " answered what the SDK cannot read ("
                + failure.getClass().getSimpleName() + ")");
    }

    private static AdapterException said(Kind kind, String host, String words, List<String> unspeakable) {
        String message = words.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        for (String secret : unspeakable) {
            message = message.replace(secret, "...");
        }
        return new AdapterException(kind, "engine " + host + ": "
                + (message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "..." : message));
    }

    private static Kind ofWords(String words) {
        Matcher sso = SSO.matcher(words);
        if (sso.find()) {
            return sso.group(1).equals("access_denied") || sso.group(1).equals("invalid_grant")
                    ? Kind.REJECTED_CREDENTIALS : Kind.PROTOCOL;
        }
        Matcher status = STATUS.matcher(words);
        return status.find() ? ofStatus(Integer.parseInt(status.group(1)), words) : Kind.PROTOCOL;
    }

    private static Kind ofStatus(int status, String words) {
        return switch (status) {
            case 401, 403 -> Kind.REJECTED_CREDENTIALS;
            case 404 -> Kind.UNKNOWN_SERVER;
            // 400 where the engine counts the missing right to take a console over as bad input.
            case 400, 409 -> HELD.matcher(words).find() ? Kind.BUSY : status == 409 ? Kind.POWERED_OFF : Kind.PROTOCOL;
            default -> Kind.PROTOCOL;
        };
    }

    private static AdapterException ofConnection(IOException broken, String host) {
        if (broken instanceof SocketTimeoutException || broken instanceof ConnectTimeoutException) {
            return new AdapterException(Kind.TIMEOUT, "engine " + host + " did not answer in time", broken);
        }
        Optional<String> distrusted = Trust.refusal(broken);
        if (distrusted.isPresent()) {
            return new AdapterException(Kind.UNREACHABLE, "engine " + host + ": " + distrusted.get()
                    + " (the engine's CA: https://" + host
                    + "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA)", broken);
        }
        if (broken instanceof SSLException && find(broken, EOFException.class).isEmpty()) {
            return new AdapterException(Kind.PROTOCOL, "engine " + host + ": TLS failed", broken);
        }
        if (broken instanceof ClientProtocolException) {
            // Without its cause, which quotes what was received.
            return new AdapterException(Kind.PROTOCOL, "engine " + host + " does not speak HTTP");
        }
        return new AdapterException(Kind.UNREACHABLE, "engine " + host + " cannot be reached: "
                + broken.getClass().getSimpleName(), broken);
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
