package org.serverconsole.fake;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A session token as a hosting panel makes one, or as somebody does who wishes to be taken for a panel. */
public final class PanelToken {

    private final Map<String, Object> header;
    private final Map<String, Object> claims;

    private PanelToken(Map<String, Object> header, Map<String, Object> claims) {
        this.header = header;
        this.claims = claims;
    }

    /** A good one for customer c-17, issued now and expiring in ten minutes. */
    public static PanelToken of(String server, Instant now) {
        return new PanelToken(Map.of("typ", "JWT"), Map.of())
                .with("sub", "c-17")
                .with("server", server)
                .with("iat", now.getEpochSecond())
                .with("exp", now.plus(Duration.ofMinutes(10)).getEpochSecond())
                .with("jti", UUID.randomUUID().toString());
    }

    public PanelToken with(String claim, Object value) {
        return new PanelToken(header, added(claims, claim, value));
    }

    public PanelToken without(String claim) {
        Map<String, Object> fewer = new LinkedHashMap<>(claims);
        fewer.remove(claim);
        return new PanelToken(header, fewer);
    }

    public PanelToken header(String name, Object value) {
        return new PanelToken(added(header, name, value), claims);
    }

    public String hs256(byte[] key) {
        return header("alg", "HS256").signed(mac(key));
    }

    /** HMAC with SHA-256, by any key. */
    public static Signing mac(byte[] key) {
        return input -> {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                return mac.doFinal(input);
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("cannot sign", e);
            }
        };
    }

    /** By one of the library's signers, whose algorithm the header already names. */
    public String signed(JWSAlgorithm algorithm, JWSSigner signer) {
        return header("alg", algorithm.getName()).signed(input -> {
            try {
                return signer.sign(new JWSHeader(algorithm), input).decode();
            } catch (JOSEException e) {
                throw new IllegalArgumentException("cannot sign", e);
            }
        });
    }

    public String ed25519(PrivateKey key) {
        return signed(input -> {
            try {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(key);
                signature.update(input);
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("cannot sign", e);
            }
        });
    }

    /** How somebody signs. */
    @FunctionalInterface
    public interface Signing {
        byte[] sign(byte[] input);
    }

    public String signed(Signing signing) {
        return signed(JSONObjectUtils.toJSONString(claims), signing);
    }

    /** That text where the claims should be. */
    public String signed(String payload, Signing signing) {
        String input = Base64URL.encode(JSONObjectUtils.toJSONString(header)) + "." + Base64URL.encode(payload);
        return input + "." + Base64URL.encode(signing.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Map<String, Object> added(Map<String, Object> to, String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(to);
        more.put(name, value);
        return Collections.unmodifiableMap(more);
    }
}
