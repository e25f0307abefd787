package org.serverconsole.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.Viewing;
import org.serverconsole.parts.Kiosked;
import org.serverconsole.rfb.RfbConnector;

/** Every vendor whose console is a page: its fake, a real browser. */
@Timeout(60)
class WebConsolesIT {

    @TempDir
    static Path folder;

    private static Certificate certificate;
    private static Kiosked house;
    private Vendor vendor;

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
        vendor.adapter().close();
        vendor.site().close();
    }

    static Stream<Named<Vendor.Start>> vendors() {
        return Stream.of(
                Named.of("cimc", Vendor::cimc),
                Named.of("ilo", Vendor::ilo),
                Named.of("xcc", Vendor::xcc),
                Named.of("idrac", Vendor::idrac),
                Named.of("supermicro", Vendor::supermicroX10));
    }

    static Stream<Named<Vendor.Start>> opened() {
        // Those whose consoles no other test opens.
        return Stream.of(Named.of("ilo", Vendor::ilo), Named.of("xcc", Vendor::xcc), Named.of("idrac", Vendor::idrac),
                Named.of("newer idrac", Vendor::newerIdrac), Named.of("supermicro X10", Vendor::supermicroX10),
                Named.of("any, by its steps", Vendor::any));
    }

    private RecordedOpening begin(Vendor.Start start) {
        vendor = start.with(certificate);
        vendor.adapter().start(new AdapterEnvironment(RfbConnector.on(house.group()), new SecureRandom(),
                Optional.of(certificate.pem()), house.kiosks()));
        return new RecordedOpening();
    }

    @ParameterizedTest
    @MethodSource("opened")
    void keysArriveAndWhenTheStreamEndsTheBmcHasNoSessionLeft(Vendor.Start start) throws Exception {
        RecordedOpening opening = begin(start);
        ConsoleStream stream = vendor.adapter().open(vendor.server(), opening);
        Viewing viewing = Viewing.of(stream.channel());
        await().until(() -> vendor.site().viewers() == 1);
        assertThat(vendor.sessions().getAsInt()).isEqualTo(1);

        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            viewing.type("q");
            assertThat(vendor.site().keys()).contains("q");
        });
        stream.channel().close().sync();

        await().atMost(Duration.ofSeconds(15)).until(() -> vendor.sessions().getAsInt() == 0 && vendor.site().viewers() == 0);
        assertThat(opening.leases()).hasSize(vendor.name().equals("kiosk") ? 0 : 1).allSatisfy(lease -> assertThat(lease.toString()).doesNotContain(vendor.password()));
        for (Map<String, String> lease : opening.leases()) {
            vendor.adapter().revoke(vendor.server(), lease);
        }
    }

    @ParameterizedTest
    @MethodSource("vendors")
    void aWrongPasswordIsToldAndLeavesNothing(Vendor.Start start) {
        RecordedOpening opening = begin(start);

        AdapterException failure = catchThrowableOfType(AdapterException.class,
                () -> vendor.adapter().open(vendor.server("wrong-one"), opening));

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
        assertThat(vendor.sessions().getAsInt()).isZero();
    }
}
