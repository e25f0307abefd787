package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.serverconsole.access.Fixture.NOW;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeClock;
import org.serverconsole.fake.FakePanel;
import org.serverconsole.fake.FakePanel.Answer;
import org.serverconsole.fake.PanelToken;
import org.serverconsole.https.Authorities;
import org.serverconsole.https.PanelHttps;

/** The panel's public keys, read from the panel itself. */
class TokenKeysOverHttpsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private static ECKey first;
    private static ECKey second;

    private final FakeClock clock = new FakeClock(NOW);
    private FakePanel panel;

    @BeforeAll
    static void makeKeys() throws Exception {
        certificate = Certificate.make(folder);
        first = new ECKeyGenerator(Curve.P_256).keyID("first").generate();
        second = new ECKeyGenerator(Curve.P_256).keyID("second").generate();
    }

    @BeforeEach
    void open() throws IOException {
        panel = new FakePanel(certificate, Answer.keys(set(first)));
    }

    @AfterEach
    void close() {
        panel.close();
    }

    @Test
    void theKeysAreReadOnceForManyTokens() throws Exception {
        TokenVerifier tokens = verifier(LONG);
        for (int i = 0; i < 20; i++) {
            tokens.verify(by(first));
        }
        assertThat(panel.requests()).isEqualTo(1);
    }

    @Test
    void aNewKeyIsFoundWhenATokenNamesIt() throws Exception {
        TokenVerifier tokens = verifier(LONG);
        tokens.verify(by(first));
        panel.answer(Answer.keys(set(first, second)));
        clock.advance(PublicKeys.BETWEEN_READINGS);

        tokens.verify(by(second));
        tokens.verify(by(first));
        assertThat(panel.requests()).isEqualTo(2);
    }

    @Test
    void unknownKeysCannotMakeUsAskMoreThanOnceInTenSeconds() throws Exception {
        TokenVerifier tokens = verifier(LONG);
        tokens.verify(by(first));
        for (int i = 0; i < 100; i++) {
            refused(tokens, by(second));
        }
        assertThat(panel.requests()).isEqualTo(1);

        clock.advance(PublicKeys.BETWEEN_READINGS);
        for (int i = 0; i < 100; i++) {
            refused(tokens, by(second));
        }
        assertThat(panel.requests()).isEqualTo(2);
    }

    @Test
    void aKeyThatIsTakenBackIsForgottenWithinFiveMinutes() throws Exception {
        TokenVerifier tokens = verifier(LONG);
        tokens.verify(by(first));
        panel.answer(Answer.keys(set(second)));
        clock.advance(PublicKeys.FRESH);

        await().untilAsserted(() -> refused(tokens, by(first)));
        tokens.verify(by(second));
    }

    @Test
    void theLastGoodKeysStayWhileThePanelIsDown() throws Exception {
        TokenVerifier tokens = verifier(SHORT);
        await("the first reading may be too slow for so short a deadline").ignoreExceptions().until(() -> {
            clock.advance(PublicKeys.BETWEEN_READINGS);
            return tokens.verify(by(first)).customer().equals("c-17");
        });
        List<Answer> ills = List.of(Answer.with(500, "down"), Answer.with(404, ""), Answer.keys("<html>maintenance</html>"),
                Answer.keys("{\"keys\":[]}"), Answer.silence(), Answer.dripping(), Answer.endless());
        for (Answer ill : ills) {
            panel.answer(ill);
            int before = panel.requests();
            clock.advance(PublicKeys.FRESH);
            tokens.verify(by(first));
            await().until(() -> panel.requests() > before);
            refused(tokens, by(second));
            tokens.verify(by(first));
        }
        panel.close();
        clock.advance(Duration.ofHours(12));
        tokens.verify(by(first));
    }

    @Test
    void nobodyWithAKnownKeyWaitsWhileASilentPanelIsAsked() throws Exception {
        TokenVerifier tokens = verifier(LONG);
        tokens.verify(by(first));
        panel.answer(Answer.silence());
        clock.advance(PublicKeys.FRESH);
        ExecutorService forgers = Executors.newFixedThreadPool(100);
        try {
            List<Future<?>> forged = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                forged.add(forgers.submit(() -> refused(tokens, by(second))));
            }
            await().until(() -> panel.requests() == 2);
            // All but the eight that may wait are refused, and the known key is good, before the panel has said anything.
            await().until(() -> forged.stream().filter(Future::isDone).count() == 92);
            tokens.verify(by(first));
            assertThat(panel.requests()).isEqualTo(2);
            panel.close();
            for (Future<?> future : forged) {
                future.get();
            }
        } finally {
            forgers.shutdownNow();
        }
    }

    @Test
    void aPanelThatIsDownAtStartIsAskedAgain() throws Exception {
        panel.answer(Answer.with(503, ""));
        TokenVerifier tokens = verifier(LONG);
        refused(tokens, by(first));

        panel.answer(Answer.keys(set(first)));
        clock.advance(PublicKeys.BETWEEN_READINGS);
        tokens.verify(by(first));
    }

    @Test
    void aReadingEndsAtItsDeadline() {
        for (Answer answer : List.of(Answer.silence(), Answer.dripping())) {
            panel.answer(answer);
            assertThatThrownBy(() -> read(SHORT)).hasRootCauseInstanceOf(IOException.class)
                    .hasRootCauseMessage("no complete answer within 300 ms");
        }
        await("the dripping answer is broken off").until(() -> panel.broken() == 1);
    }

    @Test
    void anAnswerWithoutEndIsBrokenOff() {
        panel.answer(Answer.endless());
        assertThatThrownBy(() -> read(LONG)).hasRootCauseMessage("answered with more than 100000 bytes");
        await().until(() -> panel.broken() == 1);
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (FakePanel other = new FakePanel(certificate, Answer.keys(set(second)))) {
            panel.answer(Answer.redirect(other.url()));
            assertThatThrownBy(() -> read(LONG)).hasRootCauseMessage("answered with HTTP status 302");
            assertThat(other.requests()).isZero();
        }
    }

    @Test
    void aPanelWithAnUnknownCertificateIsNotBelieved() throws Exception {
        HttpsKeySource source = new HttpsKeySource(new PanelHttps(Authorities.context(Optional.empty()), LONG), panel.url());
        assertThatThrownBy(() -> source.read().get()).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SSLException.class);
        assertThat(panel.requests()).isZero();
    }

    @Test
    void aCertificateForAnotherNameIsNotBelieved() throws Exception {
        URI alias = URI.create(panel.url().toString().replace("127.0.0.1", "127.0.0.2"));
        HttpsKeySource source = new HttpsKeySource(https(LONG), alias);
        assertThatThrownBy(() -> source.read().get()).isInstanceOf(ExecutionException.class);
        assertThat(panel.requests()).isZero();
    }

    @Test
    void anUnreachablePanelDoesNotKeepAccessFromStarting() throws Exception {
        URI nowhere = panel.url();
        panel.close();
        TokenVerifier tokens = new TokenVerifier(Fixture.config(Map.of("console-token-jwks", nowhere.toString())), https(LONG), clock);
        refused(tokens, by(first));
    }

    @Test
    void thereIsOneReadingAtATime() throws Exception {
        AtomicInteger readings = new AtomicInteger();
        CompletableFuture<String> answer = new CompletableFuture<>();
        PublicKeys keys = PublicKeys.from(() -> {
            readings.incrementAndGet();
            return answer;
        }, clock);
        TokenVerifier tokens = new TokenVerifier(List.of(), keys, clock);
        clock.advance(Duration.ofMinutes(1));
        FutureTask<Void> login = new FutureTask<>(() -> verify(tokens, by(first)), null);
        Thread customer = new Thread(login);
        customer.start();
        await().until(() -> customer.getState() == Thread.State.WAITING);
        answer.complete(set(first));

        login.get();
        assertThat(readings).hasValue(1);
    }

    private String read(Duration deadline) throws Exception {
        return new HttpsKeySource(https(deadline), panel.url()).read().get();
    }

    private TokenVerifier verifier(Duration deadline) throws Exception {
        return new TokenVerifier(
                List.of(), PublicKeys.from(new HttpsKeySource(https(deadline), panel.url()), clock), clock);
    }

    private static PanelHttps https(Duration deadline) throws Exception {
        return new PanelHttps(Authorities.context(Optional.of(certificate.pem())), deadline);
    }

    private static String set(ECKey... keys) {
        return new JWKSet(List.<JWK>of(keys)).toString(true);
    }

    private String by(ECKey key) {
        try {
            return PanelToken.of("14494", clock.instant()).header("kid", key.getKeyID())
                    .signed(JWSAlgorithm.ES256, new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void verify(TokenVerifier tokens, String token) {
        try {
            tokens.verify(token);
        } catch (AccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void refused(TokenVerifier tokens, String token) {
        assertThat(Fixture.refusal(() -> tokens.verify(token))).isEqualTo(AccessException.Refusal.TOKEN);
    }
}
