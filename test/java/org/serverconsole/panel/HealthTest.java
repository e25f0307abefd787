package org.serverconsole.panel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HealthTest {

    @Test
    void aPartWithoutWhichTheNodeGoesOnIsToldOfAndCountsForNothing() {
        try (Health health = new Health(Map.of("broker", () -> {
            throw new IOException("no connection yet");
        }), Set.of("broker"), Duration.ofSeconds(5))) {
            assertThat(health.report().parts()).isEqualTo(Map.of("broker", "DOWN: no connection yet"));
            assertThat(health.report().up()).isTrue();
        }
    }

    @Test
    void aNodeIsUpWhereEveryPartIs() {
        try (Health health = new Health(Map.of("journal", () -> { }, "guacd", () -> { }), Set.of(), Duration.ofSeconds(5))) {
            assertThat(health.report().up()).isTrue();
            assertThat(health.report().parts()).isEqualTo(Map.of("journal", "UP", "guacd", "UP"));
        }
    }

    @Test
    void aPartThatIsMissingTakesTheNodeDownAndIsNamed() {
        Map<String, Health.Probe> probes = new LinkedHashMap<>();
        probes.put("journal", () -> {
            throw new IOException("the disk is full");
        });
        probes.put("guacd", () -> { });
        try (Health health = new Health(probes, Set.of(), Duration.ofSeconds(5))) {
            assertThat(health.report().up()).isFalse();
            assertThat(health.report().parts().toString()).isEqualTo("{journal=DOWN: the disk is full, guacd=UP}");
        }
    }

    @Test
    void howeverManyAskEachPartIsAskedOnce() {
        AtomicInteger asked = new AtomicInteger();
        try (Health health = new Health(Map.of("journal", asked::incrementAndGet), Set.of(), Duration.ofSeconds(5))) {
            for (int i = 0; i < 100; i++) {
                health.report();
            }
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void aPartThatHangsIsNeitherWaitedForNorAskedAgain() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Health health = new Health(Map.of("journal", () -> {
            asked.incrementAndGet();
            never.await();
        }), Set.of(), Duration.ofMillis(50), Duration.ZERO);
        try (health) {
            assertThat(health.report().parts().get("journal")).startsWith("DOWN: no answer within");
            assertThat(health.report().up()).isFalse();
            assertThat(asked).hasValue(1);
        } finally {
            never.countDown();
        }
    }

    @Test
    void whatCameBackIsUpAgain() {
        AtomicInteger asked = new AtomicInteger();
        try (Health health = new Health(Map.of("guacd", () -> {
            if (asked.incrementAndGet() == 1) {
                throw new IOException("not yet");
            }
        }), Set.of(), Duration.ofSeconds(5), Duration.ZERO)) {
            assertThat(health.report().up()).isFalse();
            assertThat(health.report().up()).isTrue();
        }
    }
}
