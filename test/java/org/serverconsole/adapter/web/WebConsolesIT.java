package org.serverconsole.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.serverconsole.parts.Kiosked.patiently;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.PageVendor;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.Viewing;
import org.serverconsole.parts.Kiosked;
import org.serverconsole.rfb.RfbConnector;

/** Every vendor whose console is a page: its fake, a real browser. */
@Timeout(120)
class WebConsolesIT {

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private static Kiosked house;
    private PageVendor vendor;
    private ConsoleAdapter adapter;

    @BeforeAll
    static void prepare() throws Exception {
        certificate = Certificate.make(folder);
        house = Kiosked.start(2);
    }

    @AfterAll
    static void end() {
        house.close();
    }

    @AfterEach
    void stop() {
        adapter.close();
        vendor.site().close();
    }

    static Stream<Named<PageVendor.Start>> vendors() {
        return Stream.of(
                Named.of("cimc", PageVendor::cimc),
                Named.of("ilo", PageVendor::ilo),
                Named.of("xcc", PageVendor::xcc),
                Named.of("idrac", PageVendor::idrac),
                Named.of("supermicro", PageVendor::supermicroX10));
    }

    static Stream<Named<PageVendor.Start>> opened() {
        // Those whose consoles no other test opens.
        return Stream.of(Named.of("ilo", PageVendor::ilo), Named.of("xcc", PageVendor::xcc), Named.of("idrac", PageVendor::idrac),
                Named.of("newer idrac", PageVendor::newerIdrac), Named.of("supermicro X10", PageVendor::supermicroX10),
                Named.of("any, by its steps", PageVendor::any));
    }

    /** Found as the house finds it. */
    private static ConsoleAdapter adapter(String type) {
        return ServiceLoader.load(ConsoleAdapter.class).stream().map(ServiceLoader.Provider::get)
                .filter(each -> each.type().equals(type)).findFirst().orElseThrow();
    }

    private RecordedOpening begin(PageVendor.Start start) {
        vendor = start.with(certificate);
        adapter = adapter(vendor.type());
        adapter.start(new AdapterEnvironment(RfbConnector.on(house.group()), new SecureRandom(),
                Optional.of(certificate.pem()), house.kiosks()));
        return new RecordedOpening();
    }

    @ParameterizedTest
    @MethodSource("opened")
    void keysArriveAndWhenTheStreamEndsTheBmcHasNoSessionLeft(PageVendor.Start start) throws Exception {
        RecordedOpening opening = begin(start);
        ConsoleStream stream = adapter.open(vendor.server(), opening);
        Viewing viewing = Viewing.of(stream.channel());
        patiently().until(() -> vendor.site().viewers() == 1);
        assertThat(vendor.sessions().getAsInt()).isEqualTo(1);
        assertThat(Kiosked.shown()).contains("--remote-debugging-pipe").doesNotContain(vendor.password());

        patiently().untilAsserted(() -> {
            viewing.type("q");
            assertThat(vendor.site().keys()).contains("q");
        });
        stream.channel().close().sync();

        patiently().until(() -> vendor.sessions().getAsInt() == 0 && vendor.site().viewers() == 0);
        assertThat(opening.leases()).hasSize(vendor.type().equals("kiosk") ? 0 : 1).allSatisfy(lease -> assertThat(lease.toString()).doesNotContain(vendor.password()));
        for (Map<String, String> lease : opening.leases()) {
            adapter.revoke(vendor.server(), lease);
        }
    }

    @ParameterizedTest
    @MethodSource("vendors")
    void aWrongPasswordIsToldAndLeavesNothing(PageVendor.Start start) {
        RecordedOpening opening = begin(start);

        AdapterException failure = catchThrowableOfType(AdapterException.class,
                () -> adapter.open(vendor.server("wrong-one"), opening));

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
        assertThat(vendor.sessions().getAsInt()).isZero();
    }

    @ParameterizedTest
    @MethodSource("vendors")
    void whatCannotBeJournalledLeavesNothing(PageVendor.Start start) {
        begin(start);
        Opening withoutJournal = new Opening() {
            @Override
            public void step(Step step) { }

            @Override
            public void lease(Map<String, String> undo) {
                throw new IllegalStateException("the disk is full");
            }
        };

        assertThatThrownBy(() -> adapter.open(vendor.server(), withoutJournal)).hasMessage("the disk is full");

        assertThat(vendor.sessions().getAsInt()).isZero();
    }
}
