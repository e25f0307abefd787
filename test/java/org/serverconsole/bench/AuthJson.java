package org.serverconsole.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Makes the login data of Guacamole's extension auth-json: JSON, signed and encrypted as its documentation says. */
final class AuthJson {

    private final byte[] key = new byte[16];

    AuthJson() {
        new SecureRandom().nextBytes(key);
    }

    /** For {@code json-secret-key}. */
    String secretKey() {
        return HexFormat.of().formatHex(key);
    }

    /** A form or query with a user who has one VNC connection of those parameters. */
    String login(Map<String, String> parameters) {
        Map<String, Object> data = Map.of(
                "username", "user-" + UUID.randomUUID(),
                "expires", Instant.now().plus(Duration.ofMinutes(10)).toEpochMilli(),
                "connections", Map.of("desktop", Map.of("protocol", "vnc", "parameters", parameters)));
        try {
            return "data=" + URLEncoder.encode(
                    Base64.getEncoder().encodeToString(sealed(new ObjectMapper().writeValueAsBytes(data))), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | JsonProcessingException e) {
            throw new IllegalStateException("the data of auth-json cannot be made", e);
        }
    }

    private byte[] sealed(byte[] json) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        byte[] signature = mac.doFinal(json);
        byte[] signed = new byte[signature.length + json.length];
        System.arraycopy(signature, 0, signed, 0, signature.length);
        System.arraycopy(json, 0, signed, signature.length, json.length);
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        return cipher.doFinal(signed);
    }
}
