package org.serverconsole.endtoend;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;

/** A login URL's parameters, as a hosting panel makes them. */
record Link(String server, String token, Optional<String> pin) {

    /** Signs a link that is good for ten minutes. */
    static Link signed(String key, String server, String customer) {
        return signed(key, server, customer, Optional.empty());
    }

    /** @param locale the language that the panel asks for */
    static Link signed(String key, String server, String customer, Optional<String> locale) {
        Instant now = Instant.now();
        JWTClaimsSet claims = new JWTClaimsSet.Builder().subject(customer).claim("server", server).claim("locale", locale.orElse(null))
                .jwtID(UUID.randomUUID().toString()).issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(10)))).build();
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            token.sign(new MACSigner(Base64.getDecoder().decode(key)));
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
        return new Link(server, token.serialize(), Optional.empty());
    }

    Link withPin(String pin) {
        return new Link(server, token, Optional.of(pin));
    }

    /** As a form or a query has it. */
    String parameters() {
        return "username=" + encode(server) + "&password=" + encode(token)
                + pin.map(digits -> "&pin=" + encode(digits)).orElse("");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
