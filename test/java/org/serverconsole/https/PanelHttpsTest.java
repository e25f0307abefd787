package org.serverconsole.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakePanel;
import org.serverconsole.fake.FakePanel.Answer;
import org.serverconsole.fake.FakePanel.Request;

class PanelHttpsTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Secret KEY = Secret.of("panel-key");

    @TempDir
    static Path folder;

    private static Certificate certificate;

    private FakePanel panel;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.make(folder);
    }

    @BeforeEach
    void open() throws IOException {
        panel = new FakePanel(certificate, Answer.with(200, "{}"));
    }

    @AfterEach
    void close() {
        panel.close();
    }

    @Test
    void theKeyIsShownAsABearers() throws Exception {
        https(LONG).get(panel.url(), "application/json", KEY).get();
        https(LONG).get(panel.url(), "application/json", Secret.NONE).get();

        assertThat(panel.received()).containsExactly(
                new Request("GET", "/jwks.json", "Bearer panel-key", ""), new Request("GET", "/jwks.json", "", ""));
    }

    @Test
    void aFormIsPostedWhateverIsInIt() throws Exception {
        Map<String, String> form = new TreeMap<>(Map.of("server", "14494", "token", "a&b=c+d é", "pin", "%00"));
        assertThat(https(LONG).post(panel.url(), form, KEY).get().good()).isEqualTo("{}");

        assertThat(panel.received()).containsExactly(new Request(
                "POST", "/jwks.json", "Bearer panel-key", "pin=%2500&server=14494&token=a%26b%3Dc%2Bd+%C3%A9"));
    }

    @Test
    void aConnectionThatThePanelClosedWhileItWasIdleIsNoFailure() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        panel.answer((exchange, closed) -> {
            if (asked.incrementAndGet() != 2) {
                Answer.with(200, "{}").to(exchange, closed);
            }
        });
        PanelHttps https = https(LONG);
        https.post(panel.url(), Map.of("token", "first"), KEY).get();

        assertThat(https.post(panel.url(), Map.of("token", "second"), KEY).get().status()).isEqualTo(200);
        assertThat(panel.received()).extracting(Request::body).containsExactly("token=first", "token=second", "token=second");
    }

    @Test
    void aPanelThatNeverAnswersIsAskedTwiceAtMost() {
        panel.answer(Answer.nothing());

        assertThatThrownBy(() -> https(LONG).post(panel.url(), Map.of(), KEY).get()).hasCauseInstanceOf(IOException.class);
        assertThat(panel.requests()).isEqualTo(2);
    }

    @Test
    void aRequestEndsAtItsDeadlineAndIsBrokenOff() {
        for (Answer answer : List.of(Answer.silence(), Answer.dripping())) {
            panel.answer(answer);
            for (CompletableFuture<?> asked : List.of(https(SHORT).get(panel.url(), "*/*", KEY),
                    https(SHORT).post(panel.url(), Map.of(), KEY))) {
                assertThatThrownBy(asked::get).hasCauseInstanceOf(IOException.class)
                        .hasRootCauseMessage("no complete answer within 300 ms");
            }
        }
        await("the dripping answers are broken off").until(() -> panel.broken() == 2);
    }

    @Test
    void anAnswerWithoutEndIsBrokenOffAndNotAskedForAgain() {
        panel.answer(Answer.endless());

        assertThatThrownBy(() -> https(LONG).post(panel.url(), Map.of(), KEY).get())
                .hasRootCauseMessage("answered with more than 100000 bytes");
        await().until(() -> panel.broken() == 1);
        assertThat(panel.requests()).isEqualTo(1);
    }

    @Test
    void aRedirectIsAnAnswerAndNotFollowed() throws Exception {
        try (FakePanel other = new FakePanel(certificate, Answer.with(200, "{}"))) {
            panel.answer(Answer.redirect(other.url()));
            PanelHttps.Answer answer = https(LONG).get(panel.url(), "*/*", KEY).get();

            assertThatThrownBy(answer::good).hasMessage("answered with HTTP status 302");
            assertThat(other.requests()).isZero();
        }
    }

    @Test
    void nothingIsSentToAPanelWithAnUnknownCertificateOrForAnotherName() throws Exception {
        PanelHttps jvmsAuthorities = new PanelHttps(Authorities.context(Optional.empty()), LONG);
        URI alias = URI.create(panel.url().toString().replace("127.0.0.1", "127.0.0.2"));

        assertThatThrownBy(() -> jvmsAuthorities.post(panel.url(), Map.of("pin", "0042"), KEY).get())
                .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(SSLException.class);
        assertThatThrownBy(() -> https(LONG).get(alias, "*/*", KEY).get()).isInstanceOf(ExecutionException.class);
        assertThat(panel.requests()).isZero();
    }

    @Test
    void aFileWithoutAuthoritiesIsNamedByItsProperty() throws Exception {
        Path empty = Files.createTempFile(folder, "empty", ".pem");

        assertThatThrownBy(() -> Authorities.context(Optional.of(empty))).isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("console-ca-file", empty.toString(), "no certificate is in it");
    }

    @Test
    void anAnswerDoesNotPrintWhatIsInIt() {
        assertThat(new PanelHttps.Answer(200, "password")).hasToString("answer with HTTP status 200");
    }

    private static PanelHttps https(Duration deadline) {
        try {
            return new PanelHttps(Authorities.context(Optional.of(certificate.pem())), deadline);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
