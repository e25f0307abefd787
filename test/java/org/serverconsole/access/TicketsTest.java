package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.access.AccessException.Refusal;
import org.serverconsole.access.Tickets.Ticket;
import org.serverconsole.journal.Journal.SessionRecord;

class TicketsTest {

    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new Fixture(Map.of());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aTicketAdmitsWithoutAPinToTheServerItIsFor() throws Exception {
        Ticket ticket = mint(Optional.empty());

        Admission admission = fixture.access.admit("14494", ticket.text().reveal(), Optional.empty(), Fixture.CLIENT);

        assertThat(admission.server().id()).isEqualTo("14494");
        assertThat(admission.token().customer()).isEqualTo("c-17");
        assertThat(admission.key()).isEqualTo(ticket.key());
    }

    @Test
    void aTicketIsRedeemedOnce() throws Exception {
        Ticket ticket = mint(Optional.empty());
        Admission admission = fixture.access.admit("14494", ticket.text().reveal(), Optional.empty(), Fixture.CLIENT);

        assertThat(fixture.access.redeem(admission, session(admission.key()))).isTrue();
        assertThat(fixture.access.redeem(admission, session("another"))).isFalse();
    }

    @Test
    void aTicketIsGoodForAMinuteForItsServerAndItsAddress() throws Exception {
        Ticket bound = mint(Optional.of("192.0.2.17"));

        assertThat(refusal("20110", bound, "192.0.2.17")).isEqualTo(Refusal.TOKEN);
        assertThat(refusal("14494", bound, "192.0.2.18")).isEqualTo(Refusal.TOKEN);
        fixture.clock.advance(Duration.ofSeconds(59));
        fixture.access.admit("14494", bound.text().reveal(), Optional.empty(), "::ffff:192.0.2.17");
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(refusal("14494", bound, "192.0.2.17")).isEqualTo(Refusal.TOKEN);
    }

    @Test
    void aTicketNobodyMintedIsRefusedLikeAToken() throws Exception {
        String text = mint(Optional.empty()).text().reveal();
        String forged = text.substring(0, text.length() - 1) + (text.endsWith("A") ? "B" : "A");

        assertThat(Access.looksLikeToken(forged)).isTrue();
        assertThat(Fixture.refusal(() -> fixture.access.admit("14494", forged, Optional.empty(), Fixture.CLIENT)))
                .isEqualTo(Refusal.TOKEN);
    }

    @Test
    void theJournalHoldsNoTicket() throws Exception {
        Ticket ticket = mint(Optional.empty());

        assertThat(fixture.journal.ticketOf(ticket.key()).orElseThrow().toString())
                .doesNotContain(ticket.text().reveal().substring("ticket-".length()));
    }

    @Test
    void atThePanelATokenIsNotUsedUpAndTheAddressIsTheCustomers() throws Exception {
        String token = fixture.token("14494").with("ip", "192.0.2.99").hs256(Fixture.KEY);

        for (int i = 0; i < 2; i++) {
            assertThat(fixture.access.admitAtPanel("14494", token, Optional.of(Fixture.PIN)).token().address())
                    .contains("192.0.2.99");
        }
        assertThat(Fixture.refusal(() -> fixture.access.admitAtPanel("14494", token, Optional.of("9999"))))
                .isEqualTo(Refusal.PIN_WRONG);
    }

    @Test
    void aBearerNeedsNoPin() throws Exception {
        assertThat(fixture.access.bearer(fixture.token("14494").hs256(Fixture.KEY)).customer()).isEqualTo("c-17");
    }

    @Test
    void aRefusedTokenIsRememberedAsItWasRedeemedUnlessItNeverWasGood() throws Exception {
        String token = fixture.token("14494").hs256(Fixture.KEY);
        String redeemedAs = fixture.admit("14494", token, Fixture.PIN).tokenHash();

        assertThat(refusedHash("14494", token)).contains(redeemedAs);
        assertThat(refusedHash("14494", token + "x")).isEmpty();
        assertThat(refusedHash("20110", token)).isEmpty();
    }

    private Optional<String> refusedHash(String server, String token) {
        AccessException refusal = catchThrowableOfType(AccessException.class,
                () -> fixture.access.admit(server, token, Optional.empty(), "192.0.2.1"));
        return fixture.access.refusedHash(server, token, refusal);
    }

    private Ticket mint(Optional<String> address) throws AccessException {
        return fixture.mint(
                fixture.admit("14494", fixture.token("14494").hs256(Fixture.KEY), Fixture.PIN), address);
    }

    private Refusal refusal(String server, Ticket ticket, String address) {
        return Fixture.refusal(() -> fixture.access.admit(server, ticket.text().reveal(), Optional.empty(), address));
    }

    private static SessionRecord session(String key) {
        return new SessionRecord(key, "14494", "c-17", Fixture.NOW, Fixture.NOW.plusSeconds(7200));
    }
}
