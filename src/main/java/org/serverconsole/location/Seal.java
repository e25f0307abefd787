package org.serverconsole.location;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.serverconsole.config.Secret;

/**
 * Signs what crosses the broker, and opens nothing that is not signed: a JWS (RFC 7515) with HS256, of one kind, from one location to
 * another. Safe for use by many threads.
 */
final class Seal {

    /** A login URL and some names; anything longer is none of ours. */
    private static final int LONGEST = 64 * 1024;

    /** What a message is; one of a kind is never taken for one of another. */
    enum Kind {
        /** Who takes an order? */
        CALL,
        /** I do, within these seconds. */
        OFFER,
        ORDER,
        ANSWER;

        private JOSEObjectType type() {
            return new JOSEObjectType("console-" + name().toLowerCase(Locale.ROOT));
        }
    }

    private final List<byte[]> keys;
    private final String own;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param keys the first signs; any of them verifies
     * @param own this node's location
     */
    Seal(List<Secret> keys, String own) {
        this.keys = keys.stream().map(key -> Base64.getDecoder().decode(key.reveal())).toList();
        this.own = own;
    }

    /** @param nonce what makes it one of its own, or names the one that it replies to */
    byte[] close(Kind kind, String to, String nonce, ObjectNode content) {
        ObjectNode payload = json.createObjectNode().put("from", own).put("to", to).put("nonce", nonce);
        payload.set("content", content);
        JWSObject message = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256).type(kind.type()).build(), new Payload(payload.toString()));
        try {
            message.sign(new MACSigner(keys.get(0)));
        } catch (JOSEException e) {
            throw new IllegalStateException("a key of 32 bytes signs", e);
        }
        return message.serialize().getBytes(StandardCharsets.US_ASCII);
    }

    /** What is in a message to this location. */
    record Opened(String from, String nonce, JsonNode content) { }

    /** Empty where it is not of that kind, not for this location, or not signed with one of the keys. */
    Optional<Opened> open(Kind kind, byte[] bytes) {
        if (bytes.length > LONGEST) {
            return Optional.empty();
        }
        try {
            JWSObject message = JWSObject.parse(new String(bytes, StandardCharsets.US_ASCII));
            if (!JWSAlgorithm.HS256.equals(message.getHeader().getAlgorithm())
                    || !kind.type().equals(message.getHeader().getType()) || !isSigned(message)) {
                return Optional.empty();
            }
            JsonNode payload = json.readTree(message.getPayload().toBytes());
            return payload.path("to").asText().equals(own)
                    ? Optional.of(new Opened(payload.path("from").asText(), payload.path("nonce").asText(), payload.path("content")))
                    : Optional.empty();
        } catch (ParseException | IOException | JOSEException | RuntimeException e) {
            // A RuntimeException too: that is what the parser makes of "null", and the channel would be closed for it.
            return Optional.empty();
        }
    }

    private boolean isSigned(JWSObject message) throws JOSEException {
        for (byte[] key : keys) {
            if (message.verify(new MACVerifier(key))) {
                return true;
            }
        }
        return false;
    }
}
