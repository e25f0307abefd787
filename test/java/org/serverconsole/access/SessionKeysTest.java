package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.serverconsole.access.Fixture.NOW;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.serverconsole.fake.FakeClock;

class SessionKeysTest {

    private final FakeClock clock = new FakeClock(NOW);
    private final SessionKeys keys = new SessionKeys(clock);

    @Test
    void aLaterKeySortsBehindAnEarlierOne() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            made.add(keys.next());
            clock.advance(Duration.ofMillis(1));
        }
        assertThat(made).isSorted();
    }

    @Test
    void keysOfOneInstantDiffer() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            made.add(keys.next());
        }
        assertThat(new HashSet<>(made)).hasSize(1000);
    }

    @Test
    void aKeyIsAUuidOfVersionSeven() {
        UUID key = UUID.fromString(keys.next());
        assertThat(key.version()).isEqualTo(7);
        assertThat(key.variant()).isEqualTo(2);
        assertThat(key.getMostSignificantBits() >>> Short.SIZE).isEqualTo(NOW.toEpochMilli());
    }
}
