package org.serverconsole.guacamole;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.form.Field;
import org.apache.guacamole.form.PasswordField;
import org.apache.guacamole.language.TranslatableGuacamoleInsufficientCredentialsException;
import org.apache.guacamole.language.TranslatableMessage;
import org.apache.guacamole.net.auth.credentials.CredentialsInfo;
import org.apache.guacamole.protocol.GuacamoleStatus;
import org.serverconsole.access.AccessException;
import org.serverconsole.access.Admission;
import org.serverconsole.access.References;
import org.serverconsole.journal.JournalException;
import org.serverconsole.panel.Trail;
import org.serverconsole.session.EndReason;
import org.serverconsole.session.NoRoomException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a customer who is not let in is told: a translated sentence with a reference. All are "insufficient credentials" to
 * Guacamole: only those show our own words in its login form, and only those leave the other customers behind the same NAT
 * address alone, whom the extension auth-ban would ban together with this one. Guesses are counted by us.
 *
 * @param returnUrl where "Back to the panel" leads; the variable {@code RETURN_URL} of each sentence
 */
record Refusals(References references, Trail trail, Optional<URI> returnUrl) {

    private static final Logger LOGGER = LoggerFactory.getLogger(Refusals.class);

    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x21-\\x7e]");

    private static final Field PIN = new PasswordField("pin");

    /** @param address the customer's */
    GuacamoleException of(AccessException e, String serverId, String address) {
        String reference = references.next();
        trail.refused(Trail.LOGIN, e, serverId, address, reference);
        LOGGER.info("[{}] Console of server {} refused: {}: {}", reference, printable(serverId), e.refusal(), e.getMessage());
        return switch (e.refusal()) {
            case PIN_MISSING -> ask("CONSOLE.PIN_MISSING", reference);
            case PIN_WRONG -> ask("CONSOLE.PIN_WRONG", reference);
            case PIN_LOCKED -> refuse("CONSOLE.PIN_LOCKED", reference);
            case NOT_SET_UP -> refuse("CONSOLE.NOT_SET_UP", reference);
            case TOKEN -> refuse("CONSOLE.REFUSED_TOKEN", reference);
            case UNAVAILABLE -> new NotNow(GuacamoleStatus.SERVER_BUSY, message("CONSOLE.UNAVAILABLE", reference));
            case TOO_MANY -> tooMany("CONSOLE.TOO_MANY", reference);
        };
    }

    GuacamoleException noRoom(NoRoomException e, Admission admission, String address) {
        String reference = references.next();
        String serverId = admission.server().id();
        trail.noRoom(Trail.LOGIN, e, admission, address, reference);
        LOGGER.warn("[{}] Console of server {} refused: {}: {}", reference, printable(serverId), e.reason(), e.getMessage());
        return tooMany(switch (e.reason()) {
            case DRAINING -> "CONSOLE.DRAINING";
            case NODE_FULL -> "CONSOLE.TOO_MANY";
            case CUSTOMER_FULL -> "CONSOLE.TOO_MANY_OPEN";
        }, reference);
    }

    /** Only the panel's API can ask another location, and give a link that opens there. */
    GuacamoleException elsewhere(Admission admission, String address) {
        String reference = references.next();
        String location = admission.server().location().orElse("");
        trail.failed(Trail.LOGIN, "ELSEWHERE", admission, address, reference + ": it is at " + location);
        LOGGER.warn("[{}] Console of server {} refused: it is at {}, where the panel's link must lead", reference,
                printable(admission.server().id()), location);
        return refuse("CONSOLE.ELSEWHERE", reference);
    }

    GuacamoleException tokenUsed(String serverId, String address) {
        return of(new AccessException(AccessException.Refusal.TOKEN, "the token has been used before"), serverId, address);
    }

    GuacamoleException journalDown(JournalException e, String serverId) {
        String reference = references.next();
        LOGGER.error("[{}] Console of server {} refused: console-journal: the journal cannot be used.", reference,
                printable(serverId), e);
        return new NotNow(GuacamoleStatus.SERVER_BUSY, message("CONSOLE.JOURNAL_DOWN", reference));
    }

    /** @param elsewhere whether another node serves the console, which can be watched there only */
    GuacamoleException nothingToWatch(Admission admission, String address, boolean elsewhere) {
        String reference = references.next();
        String reason = elsewhere ? "WATCH_ELSEWHERE" : "NOTHING_TO_WATCH";
        trail.failed("watch", reason, admission, address, reference);
        LOGGER.info("[{}] Watching server {} refused: {}", reference, printable(admission.server().id()), reason);
        return refuse("CONSOLE." + reason, reference);
    }

    GuacamoleException ended(EndReason reason) {
        String reference = references.next();
        LOGGER.info("[{}] Console session had ended: {}", reference, reason);
        return refuse("CONSOLE.ENDED_" + reason, reference);
    }

    private GuacamoleException ask(String key, String reference) {
        return new TranslatableGuacamoleInsufficientCredentialsException(
                "A PIN is needed.", message(key, reference), new CredentialsInfo(List.of(PIN)));
    }

    private GuacamoleException refuse(String key, String reference) {
        return new TranslatableGuacamoleInsufficientCredentialsException(
                "No console can be opened with this link.", message(key, reference), CredentialsInfo.EMPTY);
    }

    private GuacamoleException tooMany(String key, String reference) {
        return new NotNow(GuacamoleStatus.CLIENT_TOO_MANY, message(key, reference));
    }

    private TranslatableMessage message(String key, String reference) {
        Map<String, Object> variables = new HashMap<>(Map.of("REFERENCE", reference));
        returnUrl.ifPresent(url -> variables.put("RETURN_URL", url.toString()));
        return new TranslatableMessage(key, variables);
    }

    /** What came from outside, cut and without anything that could start a line of its own in a log. */
    private static String printable(String text) {
        String line = UNPRINTABLE.matcher(text).replaceAll("?");
        return line.length() > 64 ? line.substring(0, 64) : line;
    }
}
