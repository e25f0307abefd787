package org.serverconsole.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.serverconsole.parts.Kiosked.patiently;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.CircuitBreaker;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.GuardedAdapter;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.PageVendor;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.parts.Kiosked;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.RfbException;

/** Openings of a page's console that come to nothing, half-way. */
@Timeout(120)
class KioskAdapterIT {

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final AtomicInteger connections = new AtomicInteger();
    private volatile int failing;
    private final Kiosks kiosks = Kiosks.start(new KioskConfig(Kiosked.user(), true, 1, 0, 2048), flaky(RfbConnector.on(group)), group,
            new SecureRandom());
    private PageVendor vendor;
    private ConsoleAdapter adapter;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
    }

    private RfbConnector flaky(RfbConnector real) {
        return (target, deadline) -> {
            if (connections.incrementAndGet() == failing) {
                throw new RfbException(RfbException.Reason.TIMEOUT, "as told");
            }
            return real.connect(target, deadline);
        };
    }

    private void begin(PageVendor.Start start) {
        vendor = start.with(certificate);
        adapter = ServiceLoader.load(ConsoleAdapter.class).stream().map(ServiceLoader.Provider::get)
                .filter(each -> each.type().equals(vendor.type())).findFirst().orElseThrow();
        adapter.start(new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), Optional.of(certificate.pem()), kiosks));
    }

    @AfterEach
    void end() {
        adapter.close();
        kiosks.close();
        vendor.site().close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    @Test
    void aKioskThatCannotBeConnectedIsEnded() throws Exception {
        begin(PageVendor::ilo);
        // The first is the one that sets the screen's size.
        failing = 2;

        AdapterException failure = catchThrowableOfType(AdapterException.class,
                () -> adapter.open(vendor.server(), new RecordedOpening()));

        assertThat(failure.getMessage()).contains("as told");
        patiently().untilAsserted(() -> assertThat(Kiosked.shown()).as("programs left").isEmpty());
        assertThat(vendor.sessions().getAsInt()).isZero();
        // There is room for one.
        adapter.open(vendor.server(), new RecordedOpening()).channel().close().sync();
    }

    /** A customer who reloads his page while the BMC is being asked. */
    @Test
    void aLoginThatComesWhenNobodyWaitsForItIsEnded() throws Exception {
        begin(PageVendor::ilo);
        vendor.site().vendorLatency(Duration.ofSeconds(1));
        FutureTask<Object> opening = new FutureTask<>(() -> adapter.open(vendor.server(), new RecordedOpening()));
        Thread caller = new Thread(opening);
        caller.start();
        patiently().until(() -> vendor.sessions().getAsInt() == 1);

        caller.interrupt();

        assertThatThrownBy(opening::get).hasCauseInstanceOf(InterruptedException.class);
        patiently().until(() -> vendor.sessions().getAsInt() == 0);
    }

    @Test
    void aLoginThatIsAnsweredTooLateIsEnded() throws Exception {
        begin(PageVendor::ilo);
        // What the first request of a JVM takes is not the BMC's time.
        adapter.probe(vendor.server(), finding -> { });
        int asked = vendor.site().requests().size();
        vendor.site().vendorLatency(Duration.ofSeconds(3));
        Server server = server("timeout", "2");

        AdapterException failure = catchThrowableOfType(AdapterException.class,
                () -> adapter.open(server, new RecordedOpening()));

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        patiently().until(() -> vendor.site().requests().size() == asked + 2);
        patiently().until(() -> vendor.sessions().getAsInt() == 0);
    }

    private Server server(String... changes) {
        Map<String, String> options = new HashMap<>(vendor.options());
        for (int i = 0; i < changes.length; i += 2) {
            options.put(changes[i], changes[i + 1]);
        }
        return new Server("50000", "50000", vendor.type(), Secret.NONE, Secret.of(vendor.password()), options);
    }

    @Test
    void aPageThatShowsNothingIsNotASilentBmc() {
        begin(PageVendor::any);
        Server server = server("steps", "go /login; show #nowhere", "timeout", "5");
        ConsoleAdapter guarded = new GuardedAdapter(adapter, new CircuitBreaker(System::nanoTime, CircuitBreaker.REST));

        for (int i = 0; i < 2; i++) {
            AdapterException failure = catchThrowableOfType(AdapterException.class,
                    () -> guarded.open(server, new RecordedOpening()));
            assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failure.getMessage()).as("asked each time").doesNotContain("a moment ago");
        }
    }
}
