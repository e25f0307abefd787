package org.serverconsole.access;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.time.Instant;
import java.util.Collection;
import java.util.IllformedLocaleException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The claims of a token, each of the type it must have. Its refusals name the claim, never its value. */
final class Claims {

    /** A customer's or token's name goes into the journal and into log lines. */
    private static final Pattern NAME = Pattern.compile("[^\\p{Cc}\\u2028\\u2029]{1,255}");

    /** The end of the year 9999. */
    private static final double LATEST = 253402300799.0;

    private final Map<String, Object> values;

    private Claims(Map<String, Object> values) {
        this.values = values;
    }

    static Claims parse(String json) throws AccessException {
        try {
            Map<String, Object> values = JSONObjectUtils.parse(json);
            if (values != null) {
                return new Claims(values);
            }
        } catch (ParseException e) {
            // Told below, without the parser's message, which may quote the token.
        }
        throw AccessException.token("its claims are not a JSON object");
    }

    /** A session token with these claims, but for what is told. */
    SessionToken token(Instant expires, String id) throws AccessException {
        return new SessionToken(name("sub"), names("server"), expires, id, address("ip"), locale("locale"), mode("mode"));
    }

    boolean has(String claim) {
        return values.get(claim) != null;
    }

    boolean isTrue(String claim) throws AccessException {
        if (required(claim) instanceof Boolean said) {
            return said;
        }
        throw AccessException.token("claim " + claim + " is neither true nor false");
    }

    /** A claim that must be there. */
    String name(String claim) throws AccessException {
        return name(claim, required(claim));
    }

    /** A claim that must be there, as one name or a list of some. */
    Set<String> names(String claim) throws AccessException {
        Object value = required(claim);
        Collection<?> list = value instanceof Collection<?> several ? several : List.of(value);
        if (list.isEmpty()) {
            throw AccessException.token("claim " + claim + " is an empty list");
        }
        Set<String> names = new LinkedHashSet<>();
        for (Object element : list) {
            names.add(name(claim, element));
        }
        return names;
    }

    /** Seconds since 1970, whole or not (RFC 7519, 2: NumericDate). */
    Optional<Instant> time(String claim) throws AccessException {
        Object value = values.get(claim);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Number number && number.doubleValue() >= 0 && number.doubleValue() <= LATEST) {
            return Optional.of(Instant.ofEpochMilli(Math.round(number.doubleValue() * 1000)));
        }
        throw AccessException.token("claim " + claim + " is not a number of seconds since 1970");
    }

    Optional<String> address(String claim) throws AccessException {
        Optional<String> text = text(claim);
        if (text.isPresent() && !ClientAddress.isAddress(text.get())) {
            throw AccessException.token("claim " + claim + " is not an IPv4 or IPv6 address");
        }
        return text;
    }

    /** None where it is not well formed: nobody is kept from a console for the sake of its language. */
    Optional<String> locale(String claim) throws AccessException {
        Optional<String> text = text(claim);
        try {
            return text.map(tag -> new Locale.Builder().setLanguageTag(tag.replace('_', '-')).build().toLanguageTag())
                    .filter(tag -> !tag.equals("und"));
        } catch (IllformedLocaleException e) {
            return Optional.empty();
        }
    }

    SessionToken.Mode mode(String claim) throws AccessException {
        return switch (text(claim).orElse("control")) {
            case "control" -> SessionToken.Mode.CONTROL;
            case "view" -> SessionToken.Mode.VIEW;
            default -> throw AccessException.token("claim " + claim + " is neither control nor view");
        };
    }

    private Optional<String> text(String claim) throws AccessException {
        Object value = values.get(claim);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw AccessException.token("claim " + claim + " is not text");
    }

    private Object required(String claim) throws AccessException {
        Object value = values.get(claim);
        if (value == null) {
            throw AccessException.token("it has no claim " + claim);
        }
        return value;
    }

    private static String name(String claim, Object value) throws AccessException {
        if (value instanceof String text && NAME.matcher(text).matches() && !text.isBlank()) {
            return text;
        }
        throw AccessException.token("claim " + claim + " is not text of 1 to 255 printable characters");
    }
}
