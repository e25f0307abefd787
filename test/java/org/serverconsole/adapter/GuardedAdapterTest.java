package org.serverconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Opening.Step;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

class GuardedAdapterTest {

    private static final Server SERVER = new Server("1", "1", "test", Secret.NONE, Secret.NONE, Map.of("bmc", "a"));
    private static final Server NEIGHBOUR = new Server("2", "2", "test", Secret.NONE, Secret.NONE, Map.of("bmc", "a"));
    private static final Server OTHER = new Server("3", "3", "test", Secret.NONE, Secret.NONE, Map.of("bmc", "b"));

    private final AtomicLong now = new AtomicLong();
    private final Vendor vendor = new Vendor();
    private final ConsoleAdapter adapter = new GuardedAdapter(vendor, new CircuitBreaker(now::get, CircuitBreaker.REST));
    private final RecordedOpening opening = new RecordedOpening();

    /** An adapter that takes the steps it is told and then fails or not. */
    private static final class Vendor implements ConsoleAdapter, PowerControl {

        private final List<String> calls = new ArrayList<>();
        private List<Step> steps = List.of(Step.ASKING_VENDOR, Step.CONNECTING_CONSOLE);
        private Optional<Exception> failure = Optional.empty();

        private void call(String name) throws AdapterException, InterruptedException {
            calls.add(name);
            if (failure.isPresent() && failure.get() instanceof AdapterException e) {
                throw e;
            }
            if (failure.isPresent() && failure.get() instanceof InterruptedException e) {
                throw e;
            }
        }

        private void fails(Kind kind) {
            failure = Optional.of(new AdapterException(kind, "as told"));
        }

        @Override
        public ConsoleStream open(Server server, Opening opening) throws AdapterException, InterruptedException {
            steps.forEach(opening::step);
            opening.lease(Map.of("of", server.id()));
            call("open");
            return new ConsoleStream(ConsoleStream.Protocol.RFB, new EmbeddedChannel(), Map.of());
        }

        @Override
        public void revoke(Server server, Map<String, String> undo) throws AdapterException, InterruptedException {
            call("revoke");
        }

        @Override
        public State status(Server server) throws AdapterException, InterruptedException {
            call("status");
            return State.ON;
        }

        @Override
        public void perform(Server server, Action action) throws AdapterException, InterruptedException {
            call("perform");
        }

        @Override
        public Optional<PowerControl> power() {
            return Optional.of(this);
        }

        @Override
        public Secret viewerFile(Server server) throws AdapterException, InterruptedException {
            call("file");
            return Secret.of("file");
        }

        @Override
        public String type() {
            return "test";
        }

        @Override
        public Optional<ServerRule.Problem> check(Server server) {
            return Optional.empty();
        }

        @Override
        public void start(AdapterEnvironment environment) { }

        @Override
        public String managementSystem(Server server) {
            return server.option("bmc").orElseThrow();
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    @Test
    void whatIsSaidWhileOpeningIsPassedOn() throws Exception {
        assertThat(adapter.open(SERVER, opening).channel().isOpen()).isTrue();

        assertThat(opening.steps()).containsExactly(Step.ASKING_VENDOR, Step.CONNECTING_CONSOLE);
        assertThat(opening.leases()).containsExactly(Map.of("of", "1"));
    }

    @Test
    void afterATimeoutTheSystemIsAskedNothingForAnyOfItsServers() throws Exception {
        vendor.steps = List.of(Step.ASKING_VENDOR);
        vendor.fails(Kind.TIMEOUT);
        open(SERVER);
        vendor.calls.clear();

        assertThat(open(SERVER)).isEqualTo(Kind.TIMEOUT);
        assertThat(open(NEIGHBOUR)).isEqualTo(Kind.TIMEOUT);
        PowerControl power = adapter.power().orElseThrow();
        assertThat(catchThrowable(() -> adapter.revoke(SERVER, Map.of()))).isInstanceOf(AdapterException.class);
        assertThat(catchThrowable(() -> power.status(SERVER))).isInstanceOf(AdapterException.class);
        assertThat(catchThrowable(() -> power.perform(SERVER, PowerControl.Action.ON))).isInstanceOf(AdapterException.class);
        assertThat(catchThrowable(() -> adapter.viewerFile(SERVER))).isInstanceOf(AdapterException.class);
        assertThat(vendor.calls).isEmpty();

        vendor.failure = Optional.empty();
        adapter.open(OTHER, opening);
        now.addAndGet(CircuitBreaker.REST.toNanos());
        assertThat(power.status(SERVER)).isEqualTo(PowerControl.State.ON);
        adapter.open(SERVER, opening);
        assertThat(adapter.viewerFile(SERVER)).isEqualTo(Secret.of("file"));
        assertThat(vendor.calls).containsExactly("open", "status", "open", "file");
    }

    @Test
    void aTimeoutOfRevokingOrSwitchingCountsAsWell() {
        vendor.fails(Kind.TIMEOUT);
        catchThrowable(() -> adapter.revoke(SERVER, Map.of()));
        catchThrowable(() -> adapter.power().orElseThrow().status(OTHER));

        open(SERVER);
        open(OTHER);

        assertThat(vendor.calls).containsExactly("revoke", "status");
    }

    @Test
    void aConsoleThatDoesNotAnswerAfterItsSystemDidIsNotTheSystemsSilence() {
        vendor.fails(Kind.TIMEOUT);

        open(SERVER);
        open(SERVER);

        assertThat(vendor.calls).containsExactly("open", "open");
    }

    @Test
    void aConsoleWithoutManagementSystemIsItsOwn() {
        vendor.steps = List.of(Step.CONNECTING_CONSOLE);
        vendor.fails(Kind.TIMEOUT);

        open(SERVER);
        open(SERVER);

        assertThat(vendor.calls).containsExactly("open");
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "TIMEOUT")
    void anyOtherFailureBreaksNothing(Kind kind) {
        vendor.fails(kind);

        assertThat(open(SERVER)).isEqualTo(kind);
        assertThat(open(SERVER)).isEqualTo(kind);

        assertThat(vendor.calls).hasSize(2);
    }

    @Test
    void aProbeThatWasInterruptedLeavesTheProbeToTheNext() throws Exception {
        vendor.steps = List.of(Step.ASKING_VENDOR);
        vendor.fails(Kind.TIMEOUT);
        open(SERVER);
        now.addAndGet(CircuitBreaker.REST.toNanos());
        vendor.failure = Optional.of(new InterruptedException());
        assertThat(catchThrowable(() -> adapter.open(SERVER, opening))).isInstanceOf(InterruptedException.class);
        vendor.failure = Optional.empty();

        assertThat(adapter.open(SERVER, opening).channel().isOpen()).isTrue();
    }

    private Kind open(Server server) {
        return catchThrowableOfType(AdapterException.class, () -> adapter.open(server, opening)).kind();
    }
}
