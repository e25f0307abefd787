package org.serverconsole.rmcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.rmcp.RmcpException.Reason;

class TemporaryUserTest extends RmcpFixture {

    private final SecureRandom random = new SecureRandom();
    private final List<Map<String, String>> leases = new ArrayList<>();
    private RmcpSession session;

    @BeforeEach
    void logIn() throws Exception {
        bmc.addUser(2, "admin", PASSWORD, Privilege.ADMINISTRATOR.level());
        session = administrator(bmc);
    }

    private RmcpSession administrator(FakeBmc of) throws Exception {
        return rmcp.open(new BmcLogin(of.address(), "admin", Secret.of(PASSWORD), Privilege.ADMINISTRATOR, Optional.empty()), DEADLINE);
    }

    private TemporaryUser create(RmcpSession in) throws Exception {
        return TemporaryUser.create(in, random, DEADLINE, leases::add);
    }

    @Test
    void itsMadeInTheOrderThatEveryBmcTakes() throws Exception {
        int before = bmc.commands().size();

        create(session);

        assertThat(bmc.commands().subList(before, bmc.commands().size()).stream()
                .filter(command -> Set.of(0x43, 0x45, 0x47).contains(command.command()))
                .map(command -> command.command() == 0x47 ? "47/" + command.data()[1] : Integer.toHexString(command.command())))
                .containsExactly("45", "47/2", "47/1", "43", "43");
    }

    @Test
    void theLeaseIsJournalledBeforeAnythingIsChanged() throws Exception {
        TemporaryUser user = TemporaryUser.create(session, random, DEADLINE, undo -> {
            assertThat(bmc.user(4).name()).isEmpty();
            leases.add(undo);
        });

        assertThat(user.slot()).isEqualTo(4);
        assertThat(leases).containsExactly(Map.of("user", "4", "name", user.name()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "(Empty User)"})
    void theLowestFreeSlotIsTakenWhateverFreeOnesAreCalledAndTakenAgainOnceItIsFreed(String freeName) throws Exception {
        try (FakeBmc other = FakeBmc.start(InetAddress.getLoopbackAddress(), Set.of(17), freeName)) {
            other.addUser(2, "admin", PASSWORD, Privilege.ADMINISTRATOR.level());
            RmcpSession in = administrator(other);
            TemporaryUser first = create(in);
            TemporaryUser second = create(in);
            assertThat(List.of(first.slot(), second.slot())).containsExactly(3, 4);

            TemporaryUser.revoke(in, DEADLINE, leases.get(0));
            TemporaryUser.revoke(in, DEADLINE, leases.get(1));

            assertThat(other.user(3).enabled()).isFalse();
            assertThat(create(in).slot()).isEqualTo(3);
        }
    }

    @Test
    void whereAllSlotsAreTakenItIsBusyAndNothingIsJournalled() throws Exception {
        for (int slot = 4; slot <= 16; slot++) {
            bmc.addUser(slot, "user" + slot, PASSWORD, Privilege.USER.level());
        }

        RmcpException refusal = catchThrowableOfType(RmcpException.class, () -> create(session));

        assertThat(refusal.reason()).isEqualTo(Reason.BUSY);
        assertThat(leases).isEmpty();
    }

    @Test
    void aSlotThatHasBecomeSomebodyElsesIsLeftAlone() throws Exception {
        TemporaryUser user = create(session);
        bmc.addUser(user.slot(), "operator", PASSWORD, Privilege.OPERATOR.level());

        TemporaryUser.revoke(session, DEADLINE, leases.get(0));

        assertThat(bmc.user(user.slot()).enabled()).isTrue();
        assertThat(bmc.user(user.slot()).name()).isEqualTo("operator");
    }

    @Test
    void whatWasJournalledButNeverMadeIsRevokedWithoutHarm() throws Exception {
        TemporaryUser.revoke(session, DEADLINE, Map.of("user", "5", "name", "console22222"));
        TemporaryUser.revoke(session, DEADLINE, Map.of("user", "1", "name", ""));

        assertThat(bmc.commands()).noneMatch(command -> Set.of(0x43, 0x45, 0x47).contains(command.command()));
    }

    @Test
    void anOperatorCannotMakeOne() throws Exception {
        RmcpSession operator = open();

        assertThat(catchThrowableOfType(RmcpException.class, () -> create(operator)).reason()).isEqualTo(Reason.REJECTED);
    }

    @Test
    void everyPasswordIsDifferentAndOneThatTheStrictestBmcTakes() throws Exception {
        Set<String> passwords = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            // The fake refuses what Huawei refuses.
            passwords.add(create(session).password().reveal());
            TemporaryUser.revoke(session, DEADLINE, leases.get(i));
        }

        assertThat(passwords).hasSize(100).allMatch(password -> password.length() == 16);
    }
}
