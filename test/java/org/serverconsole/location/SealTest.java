package org.serverconsole.location;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.location.Seal.Kind;

class SealTest {

    private static final Secret KEY = Secret.of("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    private static final Secret OTHER = Secret.of("YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=");
    private static final ObjectNode CONTENT = JsonNodeFactory.instance.objectNode().put("a", 1);

    private final Seal nl = new Seal(List.of(KEY), "NL");
    private final Seal us = new Seal(List.of(KEY), "US");

    @Test
    void whatOneLocationClosesTheOtherOpens() {
        assertThat(us.open(Kind.ORDER, nl.close(Kind.ORDER, "US", "n1", CONTENT)))
                .contains(new Seal.Opened("NL", "n1", CONTENT));
    }

    @Test
    void aMessageOfAnotherKindOrToAnotherLocationIsNotOpened() {
        byte[] order = nl.close(Kind.ORDER, "US", "n1", CONTENT);

        assertThat(us.open(Kind.ANSWER, order)).isEmpty();
        assertThat(new Seal(List.of(KEY), "DE").open(Kind.ORDER, order)).isEmpty();
    }

    @Test
    void aMessageThatIsChangedAnywhereIsNotOpened() {
        byte[] order = nl.close(Kind.ORDER, "US", "n1", CONTENT);

        for (int i = 0; i < order.length - 1; i++) {
            byte[] changed = order.clone();
            changed[i] = (byte) (changed[i] == 'A' ? 'B' : 'A');
            assertThat(us.open(Kind.ORDER, changed)).as("changed at %d", i).isEmpty();
        }
    }

    @Test
    void aKeyIsReplacedWithoutAGap() {
        Seal both = new Seal(List.of(OTHER, KEY), "NL");

        assertThat(both.open(Kind.ANSWER, us.close(Kind.ANSWER, "NL", "n1", CONTENT))).isPresent();
        assertThat(us.open(Kind.ORDER, both.close(Kind.ORDER, "US", "n1", CONTENT))).as("the first key signs").isEmpty();
        assertThat(new Seal(List.of(KEY, OTHER), "US").open(Kind.ORDER, both.close(Kind.ORDER, "US", "n1", CONTENT))).isPresent();
    }

    @Test
    void whatIsSignedWithTheKeyInAnotherWayIsNotOpened() throws Exception {
        JWSObject hs384 = new JWSObject(new JWSHeader.Builder(JWSAlgorithm.HS384).type(new JOSEObjectType("console-order")).build(),
                new Payload("{\"from\":\"NL\",\"to\":\"US\",\"nonce\":\"n1\",\"content\":{}}"));
        byte[] longer = new byte[48];
        System.arraycopy(Base64.getDecoder().decode(KEY.reveal()), 0, longer, 0, 32);
        hs384.sign(new MACSigner(longer));

        assertThat(us.open(Kind.ORDER, ascii(hs384.serialize()))).isEmpty();
        assertThat(us.open(Kind.ORDER, ascii("eyJhbGciOiJub25lIiwidHlwIjoiY29uc29sZS1vcmRlciJ9.eyJ0byI6IlVTIn0."))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "{}", "a.b.c", "eyJhbGciOiJIUzI1NiJ9..", "\u0000", "bnVsbA.e30.AA",
            "eyJhbGciOiJIUzI1NiIsImp3ayI6eyJrdHkiOiJvY3QiLCJrIjoiQUEifX0.e30.AA", "eyJhbGciOiJIUzI1NiIsInR5cCI6ImNvbnNvbGUtb3JkZXIiLCJjcml0IjpudWxsfQ.e30.AA"})
    void whatIsNoMessageIsNotOpened(String text) {
        assertThat(us.open(Kind.ORDER, ascii(text))).isEmpty();
    }

    @Test
    void whatIsTooLongIsNotLookedAt() {
        ObjectNode much = JsonNodeFactory.instance.objectNode().put("a", "a".repeat(64 * 1024));

        assertThat(us.open(Kind.ORDER, nl.close(Kind.ORDER, "US", "n1", much))).isEmpty();
    }

    @Test
    void anOrderAndAnAnswerArriveAsTheyWere() {
        Order order = new Order("novnc", "c-17", Set.of("14494", "30210"), Optional.of("k"), Optional.of("192.0.2.1"),
                Optional.empty(), "198.51.100.1");
        Answer answer = new Answer(503, Optional.of(Duration.ofSeconds(5)), CONTENT);

        assertThat(Order.of(order.json())).isEqualTo(order);
        assertThat(Answer.of(answer.json())).isEqualTo(answer);
    }

    @Test
    void aKeyOfAServerNamesItWhateverDotsItHas() {
        assertThat(SessionKey.parse("rack.7.30210.5f0c-1")).isEqualTo(new SessionKey(Optional.of("rack.7.30210"), "5f0c-1"));
        assertThat(SessionKey.parse("rack.7.30210.5f0c-1").text()).isEqualTo("rack.7.30210.5f0c-1");
        assertThat(SessionKey.parse("5f0c-1")).isEqualTo(new SessionKey(Optional.empty(), "5f0c-1"));
        assertThat(SessionKey.parse("../x").text()).isEqualTo("../x");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
