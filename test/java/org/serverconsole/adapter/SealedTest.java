package org.serverconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.serverconsole.config.Secret;

class SealedTest {

    private static final Secret COOKIE = Secret.of("1804289383/ä");
    private static final Secret PASSWORD = Secret.of("the BMC's");

    private final String sealed = Sealed.seal(COOKIE, PASSWORD, new SecureRandom());

    @Test
    void whoHasThePasswordReadsIt() {
        assertThat(Sealed.open(sealed, PASSWORD)).contains(COOKIE);
    }

    @Test
    void nobodyElseDoes() {
        assertThat(Sealed.open(sealed, Secret.of("another"))).isEmpty();
        assertThat(sealed).doesNotContain("1804289383");
    }

    @Test
    void twoOfTheSameCannotBeTold() {
        assertThat(Sealed.seal(COOKIE, PASSWORD, new SecureRandom())).isNotEqualTo(sealed);
    }

    @Test
    void whatIsNoSealIsNothing() {
        assertThat(Sealed.open("", PASSWORD)).isEmpty();
        assertThat(Sealed.open("no base64!", PASSWORD)).isEmpty();
        assertThat(Sealed.open("AAAA", PASSWORD)).isEmpty();
        assertThat(Sealed.open(sealed.substring(0, sealed.length() - 8) + "AAAAAAA=", PASSWORD)).isEmpty();
    }
}
