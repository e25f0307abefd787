package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeEngine;
import org.serverconsole.fake.FakeVm;
import org.serverconsole.inventory.Server;

class OvirtAdapterTest extends OvirtFixture {

    @Test
    void aConsoleIsOpenedWithAnEightCharacterTicketOfTwoMinutes() throws Exception {
        ConsoleStream stream = adapter.open(server(), opening);

        assertThat(stream.protocol()).isEqualTo(ConsoleStream.Protocol.RFB);
        assertThat(stream.parameters())
                .containsExactly(Map.entry("encodings", "tight zrle ultra copyrect hextile zlib corre rre raw"));
        assertThat(stream.channel().isOpen()).isTrue();
        assertThat(rfb.connected).containsExactly("10.0.0.5:5901");
        assertThat(vm.tickets()).singleElement().satisfies(ticket -> {
            assertThat(ticket.value()).matches("[A-Za-z0-9]{8}");
            assertThat(ticket.expiry()).isEqualTo(Duration.ofSeconds(120));
        });
    }

    @Test
    void theLeaseIsJournalledBeforeTheTicketIsSet() throws Exception {
        adapter.open(server(), opening);

        assertThat(happened).containsExactly("ASKING_VENDOR", "lease {console=766e63, vm=" + VM + "}", "ticket",
                "CONNECTING_CONSOLE", "connect");
    }

    @Test
    void machinesOfOneEngineAreReachedTogetherButNeedNotWaitForEachOther() {
        Server other = new Server("14495", "14495", "ovirt", Secret.NONE, server().password(), server().options());

        assertThat(adapter.managementSystem(other)).isEqualTo(adapter.managementSystem(server())).startsWith("ovirt 127.0.0.1:");
        assertThat(adapter.turn(other)).isNotEqualTo(adapter.turn(server()));
    }

    @Test
    void everyTicketIsAnother() throws Exception {
        adapter.open(server(), opening);
        adapter.open(server(), opening);

        assertThat(vm.tickets()).extracting(FakeVm.Ticket::value).doesNotHaveDuplicates().hasSize(2);
    }

    @Test
    void aSecondOpeningTakesTwoCallsAndNoLogin() throws Exception {
        adapter.open(server(), opening);
        engine.forgetRequests();

        adapter.open(server(), opening);

        assertThat(engine.requests()).extracting(FakeEngine.Request::path).containsExactlyInAnyOrder(
                "/ovirt-engine/api/vms/" + VM + "/graphicsconsoles?current=true", "/ovirt-engine/api" + TICKET_PATH);
    }

    @Test
    void addressAndTicketAreAskedForAtTheSameTime() throws Exception {
        Server hasty = server("timeout", "2");
        adapter.open(hasty, opening);
        engine.forgetRequests();
        engine.silent(path -> path.endsWith("/graphicsconsoles"));

        assertThat(refusal(hasty).kind()).isEqualTo(Kind.TIMEOUT);

        assertThat(asked(TICKET_PATH)).hasSize(1);
    }

    @Test
    void aMachineIsFoundByItsExactNameAlthoughTheEngineIgnoresTheSearch() throws Exception {
        engine.addVm("c0ffee00-0000-4000-8000-000000000001", "web-1449", CONSOLE, (value, expiry) -> { });
        engine.addVm("c0ffee00-0000-4000-8000-000000000002", "WEB-14494", CONSOLE, (value, expiry) -> { });

        adapter.open(server("plug", "web-14494"), opening);

        assertThat(vm.tickets()).hasSize(1);
        assertThat(engine.requests()).filteredOn(request -> request.path().contains("/api/")).isNotEmpty()
                .allMatch(FakeEngine.Request::filter);
    }

    @Test
    void anAdministratorSearchesWithoutFilter() throws Exception {
        engine.administrator(true);

        adapter.open(server("plug", "web-14494", "filter", "0"), opening);

        assertThat(engine.requests()).noneMatch(FakeEngine.Request::filter)
                .anyMatch(request -> request.path().endsWith("/vms?search=name%3Dweb-14494"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0"})
    void anAddressTheEngineDoesNotTellIsTakenFromTheFileBeforeTheTicket(String address) throws Exception {
        vm.address(address);

        adapter.open(server(), opening);

        assertThat(rfb.connected).containsExactly("10.0.0.5:5901");
        assertThat(asked("/remoteviewerconnectionfile")).hasSize(1);
    }

    @Test
    void anAccountThatMayNotSeeTheClusterOpensConsolesAllTheSame() throws Exception {
        engine.hideClusters(true);

        assertThat(adapter.open(server(), opening).channel().isOpen()).isTrue();
    }

    @Test
    void anyCertificateWillDoWhereTheOperatorSaysSo() throws Exception {
        adapter.start(environment(Optional.empty()));

        assertThat(adapter.open(server("ssl_insecure", "1"), opening).channel().isOpen()).isTrue();
    }

    @Test
    void aForgottenLoginIsRenewedOnceEachTimeForEver() throws Exception {
        adapter.open(server(), opening);
        for (int i = 0; i < 5; i++) {
            engine.forgetTokens();
            engine.forgetRequests();

            assertThat(adapter.open(server(), opening).channel().isOpen()).isTrue();

            assertThat(asked("/sso/oauth/token")).hasSize(1);
        }
    }

    @Test
    void twentyOpeningsAtOnceLogInOnce() throws Exception {
        engine.vendorLatency(Duration.ofMillis(20));
        ExecutorService customers = Executors.newFixedThreadPool(20);
        try {
            List<Future<ConsoleStream>> streams = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                FakeVm each = engine.addVm("c0ffee00-0000-4000-8000-0000000001" + (10 + i), "vm" + i, CONSOLE,
                        (value, expiry) -> { });
                each.heldByAnotherUser(true);
                streams.add(customers.submit(() -> adapter.open(server("plug", each.id()), opening)));
            }
            for (Future<ConsoleStream> stream : streams) {
                assertThat(stream).failsWithin(Duration.ofSeconds(20)).withThrowableThat()
                        .withMessageContaining("USER_CANNOT_FORCE_RECONNECT_TO_VM");
            }
        } finally {
            customers.shutdownNow();
        }
        assertThat(asked("/sso/oauth/token")).hasSize(1);
    }

    @Test
    void aTicketReplacedBySomebodyElseIsSetOnceMore() throws Exception {
        rfb.refusals = 1;

        assertThat(adapter.open(server(), opening).channel().isOpen()).isTrue();
        assertThat(vm.tickets()).hasSize(2);
    }

    @Test
    void aTicketThatIsNeverTakenIsNotSetForEver() {
        rfb.refusals = 100;

        assertThat(refusal(server()).kind()).isEqualTo(Kind.REJECTED_CREDENTIALS);
        assertThat(vm.tickets()).hasSize(2);
    }

    @Test
    void revokingSetsARandomTicketOfOneSecond() throws Exception {
        adapter.open(server(), opening);
        String ours = vm.ticket().orElseThrow().value();

        adapter.revoke(server(), Map.of("vm", VM, "console", "766e63"));
        adapter.revoke(server(), Map.of("vm", VM, "console", "766e63"));

        assertThat(vm.tickets()).hasSize(3).last().satisfies(ticket -> {
            assertThat(ticket.expiry()).isEqualTo(Duration.ofSeconds(1));
            assertThat(ticket.value()).matches("[A-Za-z0-9]{8}").isNotEqualTo(ours);
        });
    }

    @Test
    void revokingNeedsNothingFromBeforeARestart() throws Exception {
        adapter.revoke(server("plug", "renamed-since"), Map.of("vm", VM, "console", "766e63"));

        assertThat(vm.tickets()).singleElement()
                .satisfies(ticket -> assertThat(ticket.expiry()).isEqualTo(Duration.ofSeconds(1)));
    }

    @Test
    void aMachineThatIsGoneOrDownOrTakenHasNothingToRevoke() throws Exception {
        adapter.revoke(server(), Map.of("vm", "c0ffee00-0000-4000-8000-00000000dead", "console", "766e63"));
        vm.status("down");
        adapter.revoke(server(), Map.of("vm", VM, "console", "766e63"));
        vm.status("up");
        vm.heldByAnotherUser(true);
        adapter.revoke(server(), Map.of("vm", VM, "console", "766e63"));

        assertThat(vm.tickets()).isEmpty();
    }

    @Test
    void revokingThatTheEngineDoesNotHearFails() {
        engine.silent(path -> true);

        AdapterException failure = catchThrowableOfType(AdapterException.class,
                () -> adapter.revoke(server("timeout", "1"), Map.of("vm", VM, "console", "766e63")));

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void closingLogsOut() throws Exception {
        adapter.open(server(), opening);
        assertThat(engine.logins()).isEqualTo(1);

        adapter.close();

        assertThat(engine.logins()).isZero();
    }

    @Test
    void closingDoesNotWaitForASilentEngine() throws Exception {
        adapter.open(server("timeout", "60"), opening);
        engine.silent(path -> true);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<ConsoleStream> stuck = threads.submit(() -> adapter.open(server("timeout", "60"), opening));
            await().until(() -> asked(TICKET_PATH).size() == 2);

            Future<?> closed = threads.submit(adapter::close);

            assertThat(closed).succeedsWithin(8, TimeUnit.SECONDS);
            assertThat(stuck).failsWithin(8, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }
}
