package org.serverconsole.location;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OffersTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicLong now = new AtomicLong(-SECOND.toNanos() / 2);
    private final Offers offers = new Offers(new SecureRandom(), now::get);

    @Test
    void anOfferIsGoodForOneOrder() {
        String offer = offers.make("NL");

        assertThat(offers.take(offer, "NL", SECOND)).contains(now.get() + SECOND.toNanos());
        assertThat(offers.take(offer, "NL", SECOND)).as("the same order again").isEmpty();
    }

    @Test
    void anOfferIsForTheLocationThatItWasMadeToAndUsedUpByAnyOther() {
        String offer = offers.make("NL");

        assertThat(offers.take(offer, "DE", SECOND)).isEmpty();
        assertThat(offers.take(offer, "NL", SECOND)).isEmpty();
        assertThat(offers.take("made up", "NL", SECOND)).isEmpty();
    }

    @Test
    void anOrderThatComesTooLateIsNotBegun() {
        String offer = offers.make("NL");
        now.addAndGet(SECOND.toNanos());

        assertThat(offers.take(offer, "NL", SECOND)).isEmpty();
    }

    @Test
    void anOrderThatWaitsUntilItIsTooLateIsNotBegun() {
        long until = offers.take(offers.make("NL"), "NL", SECOND).orElseThrow();

        now.addAndGet(SECOND.toNanos() - 1);
        assertThat(offers.isAhead(until)).isTrue();
        now.incrementAndGet();
        assertThat(offers.isAhead(until)).isFalse();
    }

    @Test
    void noOfferIsGoodForLongerThanAnybodyWaits() {
        String offer = offers.make("NL");
        now.addAndGet(Duration.ofMillis(Queues.PATIENCE_MILLIS).toNanos());

        assertThat(offers.take(offer, "NL", Duration.ofDays(1))).isEmpty();
    }
}
