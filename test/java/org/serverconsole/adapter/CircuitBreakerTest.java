package org.serverconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.serverconsole.adapter.AdapterException.Kind;

@Timeout(30)
class CircuitBreakerTest {

    private static final String BMC = "idrac 10.10.0.14:443";

    // Beginning just before it overflows, as nanoTime may.
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(10).toNanos());
    private final CircuitBreaker breaker = new CircuitBreaker(now::get, CircuitBreaker.REST);

    @Test
    void aSystemThatDidNotAnswerFailsAtOnceForThirtySeconds() throws Exception {
        breaker.begin(BMC).timedOut();

        assertRefused();
        advance(Duration.ofMillis(29_999));
        assertRefused();
        advance(Duration.ofMillis(1));
        breaker.begin(BMC);
    }

    @Test
    void othersAreNotConcerned() throws Exception {
        breaker.begin(BMC).timedOut();

        breaker.begin("idrac 10.10.0.15:443").answered();
    }

    @Test
    void oneProbesAndTheOthersGoOnFailing() throws Exception {
        breaker.begin(BMC).timedOut();
        advance(CircuitBreaker.REST);

        CircuitBreaker.Call probe = breaker.begin(BMC);

        assertRefused();
        probe.answered();
        breaker.begin(BMC);
        breaker.begin(BMC);
    }

    @Test
    void aProbeThatIsNotAnsweredBeginsAnotherRest() throws Exception {
        breaker.begin(BMC).timedOut();
        advance(CircuitBreaker.REST);
        breaker.begin(BMC).timedOut();

        advance(Duration.ofSeconds(29));
        assertRefused();
        advance(Duration.ofSeconds(1));
        breaker.begin(BMC).answered();
    }

    @Test
    void aProbeThatIsAbandonedIsLeftToTheNext() throws Exception {
        breaker.begin(BMC).timedOut();
        advance(CircuitBreaker.REST);
        breaker.begin(BMC).abandoned();

        breaker.begin(BMC).answered();
    }

    @Test
    void ofManyAtOnceExactlyOneProbes() throws Exception {
        breaker.begin(BMC).timedOut();
        advance(CircuitBreaker.REST);
        CountDownLatch together = new CountDownLatch(1);
        List<FutureTask<Boolean>> attempts = Stream.generate(() -> new FutureTask<>(() -> {
            together.await();
            try {
                breaker.begin(BMC);
                return true;
            } catch (AdapterException e) {
                return false;
            }
        })).limit(50).toList();
        attempts.forEach(attempt -> new Thread(attempt).start());

        together.countDown();

        int probes = 0;
        for (FutureTask<Boolean> attempt : attempts) {
            probes += attempt.get() ? 1 : 0;
        }
        assertThat(probes).isEqualTo(1);
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void assertRefused() {
        AdapterException refusal = catchThrowableOfType(AdapterException.class, () -> breaker.begin(BMC));
        assertThat(refusal).isNotNull().hasMessageContaining(BMC).extracting(AdapterException::kind).isEqualTo(Kind.TIMEOUT);
    }
}
