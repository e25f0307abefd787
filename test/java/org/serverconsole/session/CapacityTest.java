package org.serverconsole.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.serverconsole.session.NoRoomException.Reason;

class CapacityTest {

    @Test
    void aNodeIsFullAtItsLimit() throws Exception {
        Capacity capacity = new Capacity(2, 10);
        capacity.take("one", "14494", "c-1", 0);
        capacity.take("two", "20110", "c-2", 0);

        refuses(Reason.NODE_FULL, () -> capacity.take("three", "30000", "c-3", 0));
        capacity.giveBack("one");
        assertThatCode(() -> capacity.take("three", "30000", "c-3", 0)).doesNotThrowAnyException();
    }

    @Test
    void whoeverTakesAServersConsoleOverNeedsNoFurtherPlace() throws Exception {
        Capacity capacity = new Capacity(1, 1);
        capacity.take("older", "14494", "c-1", 0);

        capacity.take("newer", "14494", "c-1", 0);
        capacity.giveBack("older");

        refuses(Reason.NODE_FULL, () -> capacity.take("another", "20110", "c-2", 0));
    }

    @Test
    void oneCustomersLimitIsNotAnothers() throws Exception {
        Capacity capacity = new Capacity(10, 1);
        capacity.take("one", "14494", "c-1", 0);

        refuses(Reason.CUSTOMER_FULL, () -> capacity.take("two", "20110", "c-1", 0));
        assertThatCode(() -> capacity.take("two", "20110", "c-2", 0)).doesNotThrowAnyException();
    }

    @Test
    void drainingIsSaidBeforeAnyLimit() throws Exception {
        Capacity capacity = new Capacity(1, 1);
        capacity.take("one", "14494", "c-1", 0);
        capacity.drain(true);

        refuses(Reason.DRAINING, () -> capacity.require("20110", "c-1", 0));
        refuses(Reason.DRAINING, () -> capacity.take("two", "14494", "c-1", 0));
    }

    @Test
    void ofAHundredAtOnceNoMoreGetInThanThereIsRoomFor() throws Exception {
        Capacity capacity = new Capacity(7, 100);
        ExecutorService clients = Executors.newFixedThreadPool(20);
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String id = "session-" + i;
            results.add(clients.submit(() -> {
                try {
                    capacity.take(id, "server of " + id, "c-1", 0);
                    return true;
                } catch (NoRoomException e) {
                    return false;
                }
            }));
        }
        int in = 0;
        for (Future<Boolean> result : results) {
            in += result.get() ? 1 : 0;
        }
        clients.shutdown();

        assertThat(in).isEqualTo(7);
    }

    private static void refuses(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(NoRoomException.class,
                refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}
