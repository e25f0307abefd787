package org.serverconsole.bench;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.host.GuacamoleProcess;
import org.serverconsole.parts.FreePort;

/** Guacamole with this extension before servers that are all off: it is the doors that are measured. */
final class DoorSite implements AutoCloseable {

    static final String PIN = "004711";

    /** What {@code java -jar ... pin} makes. */
    static final int USUAL_COST = 12;

    /** A server with a PIN of lower cost than usual, so that a thousand evaluations take less than five minutes. */
    static final String QUICK = "quick";

    /** The same, to be locked. */
    static final String LOCKED = "locked";

    private static final int QUICK_COST = 8;
    private static final int OTHERS = 5000;
    private static final String KEY_ID = "bench";

    private final byte[] key = new byte[32];
    private final byte[] forgersKey = new byte[32];
    private final ECKey publicKey = newKey();
    private final ECKey forgersPair = newKey();
    private final GuacamoleProcess guacamole;
    private int next;

    /** @param property a line for {@code guacamole.properties}, or none */
    DoorSite(Path jar, Path folder, Optional<Path> war, String property) throws IOException {
        new SecureRandom().nextBytes(key);
        new SecureRandom().nextBytes(forgersKey);
        Path home = Files.createDirectory(folder.resolve("home"));
        BenchSite.install(home, jar, Optional.empty());
        Files.writeString(home.resolve("keys.json"), new JWKSet(publicKey.toPublicJWK()).toString());
        Files.writeString(home.resolve("guacamole.properties"), """
                guacd-hostname: 127.0.0.1
                guacd-port: 1
                console-token-key: %s
                console-token-jwks: %s
                console-pin: optional
                console-max-sessions: 100000
                console-max-sessions-per-customer: 100000
                %s
                """.formatted(Base64.getEncoder().encodeToString(key), home.resolve("keys.json"), property));
        new ObjectMapper().writeValue(home.resolve("servers.json").toFile(), Map.of("servers", servers()));
        guacamole = GuacamoleProcess.start(home, war, FreePort.find());
    }

    private static Map<String, Object> servers() {
        Map<String, Object> servers = new LinkedHashMap<>();
        for (String id : new String[] {QUICK, LOCKED}) {
            servers.put(id, server(Optional.of(hash(QUICK_COST))));
        }
        String usual = hash(USUAL_COST);
        for (int i = 0; i < OTHERS; i++) {
            servers.put("off-" + i, server(Optional.empty()));
            servers.put("pin-" + i, server(Optional.of(usual)));
        }
        return servers;
    }

    private static Map<String, Object> server(Optional<String> pin) {
        Map<String, Object> server = new LinkedHashMap<>(
                Map.of("type", "vnc", "ip", "127.0.0.1", "ipport", 1, "password", BenchSite.VNC_PASSWORD));
        pin.ifPresent(hash -> server.put("pin", hash));
        return server;
    }

    private static String hash(int cost) {
        return BCrypt.with(BCrypt.Version.VERSION_2B).hashToString(cost, PIN.toCharArray());
    }

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(KEY_ID).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("every JVM has P-256", e);
        }
    }

    URI url() {
        return guacamole.url();
    }

    /** What Guacamole has used of the processors so far, in seconds. */
    double processorSeconds() {
        return ProcessHandle.of(guacamole.pid()).flatMap(process -> process.info().totalCpuDuration()).orElseThrow().toMillis() / 1e3;
    }

    /** A good token for one server, of one customer. */
    String token(String server, String customer) {
        return PanelToken.of(server, Instant.now()).with("sub", customer).hs256(key);
    }

    /** The parameters of a login at a server nobody has been at, which has no PIN. */
    String login() {
        return login("off-" + next++ % OTHERS);
    }

    /** The same where it has one. */
    String loginWithPin() {
        return login("pin-" + next++ % OTHERS) + "&pin=" + PIN;
    }

    /** Every other one has a token of the panel's key pair. */
    private String login(String server) {
        String customer = "customer-of-" + server;
        return "username=" + server + "&password=" + (next % 2 == 0 ? token(server, customer)
                : signed(PanelToken.of(server, Instant.now()).with("sub", customer), publicKey));
    }

    /** Good in all but its signature, by a shared key. */
    String forgedWithSharedKey() {
        return PanelToken.of(QUICK, Instant.now()).hs256(forgersKey);
    }

    /** The same by a key pair, with the key ID of the panel's. */
    String forgedWithPublicKey() {
        return signed(PanelToken.of(QUICK, Instant.now()), forgersPair);
    }

    private static String signed(PanelToken token, ECKey pair) {
        try {
            return token.header("kid", KEY_ID).signed(JWSAlgorithm.ES256, new ECDSASigner(pair));
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }

    @Override
    public void close() {
        guacamole.close();
    }
}
