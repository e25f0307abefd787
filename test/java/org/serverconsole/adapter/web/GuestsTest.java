package org.serverconsole.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.redfish.BmcAccess;
import org.serverconsole.adapter.redfish.BmcHttp;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeIdracPage;
import org.serverconsole.fake.FakeRedfishSite;
import org.serverconsole.fake.FakeXcc;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.inventory.Server;

/** Accounts over Redfish, where they are posted and where they have slots. Those over IPMI: {@code TemporaryAccountIT}. */
@Timeout(60)
class GuestsTest {

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Guests guests = new Guests(new SecureRandom(), "this", new Logins(threads));
    private FakeRedfishSite bmc;
    private RecordedOpening opening;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
    }

    @BeforeEach
    void begin() {
        opening = new RecordedOpening();
    }

    @AfterEach
    void end() {
        assertThat(bmc.sessions()).as("sessions left").isZero();
        bmc.close();
        guests.close();
        threads.shutdown();
    }

    static Stream<Named<Function<Certificate, FakeRedfishSite>>> bmcs() {
        return Stream.of(Named.of("posted", FakeXcc::start), Named.of("in slots", with -> FakeIdracPage.start(with, true)),
                Named.of("in slots, older", with -> FakeIdracPage.start(with, false)));
    }

    private Server server(String... more) {
        Map<String, String> options = new HashMap<>(Map.of("ip", "127.0.0.1", "ipport", Integer.toString(bmc.port()),
                "username", "console", "account", "temporary"));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return new Server("50000", "50000", "xcc", Secret.NONE, Secret.of(bmc.password()), options);
    }

    private WebClient admin(Server server) {
        return new WebClient(new BmcHttp(threads), BmcAccess.of(server, Optional.of(certificate.pem())));
    }

    private Guests.Guest guest() throws Exception {
        return guests.guest(admin(server()), server(), opening, in(20));
    }

    private void remove(Guests by, Map<String, String> undo) throws Exception {
        by.remove(admin(server()), server(), undo, in(20));
    }

    private static Deadline in(int seconds) {
        return Deadline.in(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @MethodSource("bmcs")
    void itLogsInUntilItIsRemoved(Function<Certificate, FakeRedfishSite> start) throws Exception {
        bmc = start.apply(certificate);

        Guests.Guest guest = guest();

        assertThat(guest.web().access().username()).startsWith("console").hasSize(12);
        assertThat(bmc.accounts().enabled()).contains(guest.web().access().username());
        RedfishLogin.in(guest.web(), in(20)).out(guest.web(), in(20));
        assertThat(opening.leases()).hasSize(1);
        assertThat(opening.leases().get(0).toString()).doesNotContain(guest.web().access().password().reveal(), bmc.password());

        remove(guests, guest.undo().orElseThrow());

        assertThat(bmc.accounts().enabled()).doesNotContain(guest.web().access().username());
        AdapterException refused = catchThrowableOfType(AdapterException.class, () -> RedfishLogin.in(guest.web(), in(20)));
        assertThat(refused.kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
        int asked = bmc.requests().size();
        remove(guests, opening.leases().get(0));
        assertThat(bmc.requests()).as("what has been removed is not looked for again").hasSize(asked);
    }

    @ParameterizedTest
    @MethodSource("bmcs")
    void whatACrashLeftIsRemovedByTheNextProcess(Function<Certificate, FakeRedfishSite> start) throws Exception {
        bmc = start.apply(certificate);
        String name = guest().web().access().username();

        try (Guests next = new Guests(new SecureRandom(), "next", new Logins(threads))) {
            remove(next, opening.leases().get(0));
            assertThat(bmc.accounts().enabled()).doesNotContain(name);
            remove(next, opening.leases().get(0));
        }
    }

    @ParameterizedTest
    @MethodSource("bmcs")
    void itIsJournalledBeforeItIsMade(Function<Certificate, FakeRedfishSite> start) {
        bmc = start.apply(certificate);
        opening.crashOnLease();

        assertThatThrownBy(this::guest).isInstanceOf(RecordedOpening.Crash.class);

        assertThat(bmc.requests()).noneMatch(request -> request.startsWith("PATCH") || request.endsWith("/Accounts") && request.startsWith("POST"));
    }

    @ParameterizedTest
    @MethodSource("bmcs")
    void whatABmcDoesNotTellOfIsNotTakenForRemoved(Function<Certificate, FakeRedfishSite> start) throws Exception {
        bmc = start.apply(certificate);
        Guests.Guest guest = guest();
        for (Map<String, String> undo : List.of(opening.leases().get(0), guest.undo().orElseThrow())) {
            bmc.accounts().busy(true);
            assertThat(catchThrowableOfType(AdapterException.class, () -> remove(guests, undo))).as("to be tried again").isNotNull();
            bmc.accounts().busy(false);
        }

        remove(guests, opening.leases().get(0));

        assertThat(bmc.accounts().enabled()).doesNotContain(guest.web().access().username());
    }

    @Test
    void aLoginThatIsAnsweredTooLateIsEnded() throws Exception {
        bmc = FakeXcc.start(certificate);
        WebClient admin = admin(server());
        // What the first request of a JVM takes is not the BMC's time.
        RedfishLogin.in(admin, in(20)).out(admin, in(20));
        bmc.vendorLatency(Duration.ofSeconds(2));

        AdapterException refused = catchThrowableOfType(AdapterException.class, () -> guests.guest(admin, server(), opening, in(1)));

        assertThat(refused.kind()).isEqualTo(Kind.TIMEOUT);
        await().until(() -> bmc.requests().stream().filter(request -> request.startsWith("DELETE")).count() == 2);
        assertThat(bmc.accounts().enabled()).isEmpty();
    }

    /** Its session is to be ended although its time is up. */
    @Test
    void aBmcThatFallsSilentHasNoSessionLeft() {
        bmc = FakeXcc.start(certificate);
        bmc.silent(path -> path.endsWith("/Accounts"));

        AdapterException refused = catchThrowableOfType(AdapterException.class,
                () -> guests.guest(admin(server()), server(), opening, in(3)));

        assertThat(refused.kind()).isEqualTo(Kind.TIMEOUT);
        await().until(() -> bmc.sessions() == 0);
        assertThat(bmc.requests()).anyMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void aLoginThatIsInterruptedIsEnded() throws Exception {
        bmc = FakeXcc.start(certificate);
        bmc.vendorLatency(Duration.ofSeconds(1));
        FutureTask<Guests.Guest> opened = new FutureTask<>(this::guest);
        Thread caller = new Thread(opened);
        caller.start();
        await().until(() -> bmc.sessions() == 1);

        caller.interrupt();

        assertThatThrownBy(opened::get).hasCauseInstanceOf(InterruptedException.class);
        await().until(() -> bmc.sessions() == 0);
    }

    @Test
    void whatAnIloInsistsOnIsSaid() throws Exception {
        bmc = FakeXcc.start(certificate);
        bmc.accounts().asHpe();

        Guests.Guest guest = guest();

        assertThat(bmc.accounts().enabled()).containsExactly(guest.web().access().username());
        remove(guests, guest.undo().orElseThrow());
        assertThat(bmc.accounts().enabled()).isEmpty();
    }

    @Test
    void aSlotIsUsedAgain() throws Exception {
        bmc = FakeIdracPage.start(certificate, true);
        for (int i = 0; i < 3; i++) {
            Guests.Guest guest = guest();
            remove(guests, guest.undo().orElseThrow());
        }

        assertThat(bmc.accounts().enabled()).containsExactly("console");
    }

    @Test
    void whereNoSlotIsFreeTheBmcIsBusy() {
        bmc = FakeIdracPage.start(certificate, true);
        bmc.accounts().occupy(3, "ann");
        bmc.accounts().occupy(4, "bob");

        AdapterException refused = catchThrowableOfType(AdapterException.class, this::guest);

        assertThat(refused.kind()).isEqualTo(Kind.BUSY);
        assertThat(bmc.accounts().enabled()).containsExactly("console", "ann", "bob");
    }

    @Test
    void whatSomebodyElseHasMadeOfItIsTheirs() throws Exception {
        bmc = FakeIdracPage.start(certificate, true);
        Guests.Guest guest = guest();
        bmc.accounts().occupy(3, "ann");

        remove(guests, guest.undo().orElseThrow());

        assertThat(bmc.accounts().enabled()).containsExactly("console", "ann");
    }

    /** An iDRAC that has taken a part only says 200; over IPMI it is not to be had here either. */
    @Test
    void whatIsMadeInPartIsTakenBack() {
        bmc = FakeIdracPage.start(certificate, true);
        bmc.accounts().halfHearted();
        Server server = server("ipmiport", "9");

        AdapterException refused = catchThrowableOfType(AdapterException.class,
                () -> guests.guest(admin(server), server, opening, in(2)));

        assertThat(refused).isNotNull();
        assertThat(bmc.accounts().enabled()).containsExactly("console");
    }

    @ParameterizedTest
    @CsvSource({"account, own", "ipmiport, 0", "ipmiport, 70000", "ipmiport, ipmi"})
    void aWrongOptionIsNamed(String option, String value) {
        bmc = FakeXcc.start(certificate);

        assertThat(Guests.problem(server(option, value)).orElseThrow().option()).isEqualTo(option);
        assertThat(Guests.problem(server())).isEmpty();
    }
}
