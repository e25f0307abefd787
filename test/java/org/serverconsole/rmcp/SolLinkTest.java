package org.serverconsole.rmcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single packets, which no peer sends when a test wants them; time moves when told. */
class SolLinkTest {

    private static final int NACK = 0x40;

    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final List<String> transmitted = new ArrayList<>();
    private final StringBuilder taken = new StringBuilder();
    private final List<Integer> sent = new ArrayList<>();
    private int room = 1_000;
    private int ready;
    private String failure = "";
    private final SolLink link = new SolLink(new Carrier(), RmcpTiming.STANDARD);

    @BeforeEach
    void freeze() {
        clock.freezeTime();
    }

    @AfterEach
    void close() {
        link.stop();
        clock.close();
    }

    private final class Carrier implements SolLink.Carrier {

        @Override
        public void transmit(byte[] packet) {
            transmitted.add(packet[0] + " " + packet[1] + " " + packet[2] + " "
                    + new String(packet, 4, packet.length - 4, US_ASCII));
        }

        @Override
        public ScheduledFuture<?> later(Runnable task, long nanos) {
            return clock.eventLoop().schedule(task, nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void sent(int characters) {
            sent.add(characters);
        }

        @Override
        public void ready() {
            ready++;
        }

        @Override
        public int take(byte[] characters) {
            int count = Math.min(room, characters.length);
            room -= count;
            taken.append(new String(characters, 0, count, US_ASCII));
            return count;
        }

        @Override
        public void failed(String why) {
            failure = why;
        }
    }

    private void receive(int sequence, int number, int acknowledged, int count, int status, String characters) {
        byte[] packet = Arrays.copyOf(new byte[] {(byte) number, (byte) acknowledged, (byte) count, (byte) status},
                4 + characters.length());
        System.arraycopy(characters.getBytes(US_ASCII), 0, packet, 4, characters.length());
        link.receive(packet, sequence);
    }

    private void pass(int milliseconds) {
        clock.advanceTimeBy(milliseconds, TimeUnit.MILLISECONDS);
        clock.runScheduledPendingTasks();
    }

    @Test
    void aPacketThatWasOvertakenIsDroppedWithItsAcknowledgment() {
        link.send("x".getBytes(US_ASCII));
        receive(5, 1, 0, 0, 0, "one");
        receive(6, 2, 0, 0, 0, "two");

        receive(4, 1, 1, 1, 0, "one");

        assertThat(taken).hasToString("onetwo");
        assertThat(sent).isEmpty();
    }

    @Test
    void aRepeatedPacketIsAcknowledgedAgainAndOnlyWhatItAddsIsTaken() {
        receive(1, 1, 0, 0, 0, "one");
        receive(2, 1, 0, 0, 0, "one");
        receive(3, 1, 0, 0, 0, "one and more");

        assertThat(taken).hasToString("one and more");
        assertThat(transmitted).containsExactly("0 1 3 ", "0 1 3 ", "0 1 12 ");
    }

    @Test
    void whatThereIsNoRoomForIsHeldAndTakenWhenThereIs() {
        room = 2;
        receive(1, 1, 0, 0, 0, "three");
        receive(2, 1, 0, 0, 0, "three");
        assertThat(transmitted).isEmpty();

        room = 10;
        link.roomAgain();

        assertThat(taken).hasToString("three");
        assertThat(transmitted).containsExactly("0 1 5 ");
    }

    @Test
    void whatIsHeldForLongIsGivenBackAndTakenFromTheNextPacket() {
        room = 2;
        receive(1, 1, 0, 0, 0, "three");
        pass(450);
        assertThat(transmitted).containsExactly("0 1 2 ");

        room = 10;
        receive(2, 2, 0, 0, 0, "ree");

        assertThat(taken).hasToString("three");
    }

    @Test
    void aPacketIsRepeatedUnderItsNumberUntilItIsAcknowledged() {
        link.send("x".getBytes(US_ASCII));
        pass(600);
        pass(800);
        assertThat(transmitted).containsExactly("1 0 0 x", "1 0 0 x", "1 0 0 x");
        assertThat(link.isReady()).isFalse();

        receive(1, 0, 1, 1, 0, "");
        pass(10_000);

        assertThat(transmitted).hasSize(3);
        assertThat(sent).containsExactly(1);
        assertThat(link.isReady()).isTrue();
    }

    @Test
    void whoIsRefusedWaitsAMomentOrUntilTheRefusalIsTakenBack() {
        link.send("xyz".getBytes(US_ASCII));
        receive(1, 0, 1, 2, NACK, "");
        assertThat(sent).containsExactly(2);
        assertThat(link.isReady()).isFalse();
        receive(2, 0, 1, 2, 0, "");
        assertThat(link.isReady()).isTrue();

        link.send("z".getBytes(US_ASCII));
        receive(3, 0, 2, 0, NACK, "");
        assertThat(link.isReady()).isFalse();
        pass(60);

        assertThat(ready).isEqualTo(2);
    }

    @Test
    void numbersGoFromOneToFifteenAndAnAcknowledgmentOfAnotherIsNone() {
        for (int packet = 0; packet < 16; packet++) {
            int number = packet % 15 + 1;
            link.send("x".getBytes(US_ASCII));
            receive(2 * packet + 1, 0, number % 15 + 1, 1, 0, "");
            assertThat(link.isReady()).isFalse();
            receive(2 * packet + 2, 0, number, 1, 0, "");
            assertThat(link.isReady()).isTrue();
        }
    }

    @Test
    void aBmcThatDoesNotAcknowledgeTheOpeningIsTypedToAllTheSame() {
        link.open();
        pass(600);
        pass(800);

        assertThat(link.isReady()).isTrue();
        assertThat(transmitted).hasSize(2);
        assertThat(sent).isEmpty();
    }

    @Test
    void aConsoleThatTheBmcDeactivatesHasEnded() {
        receive(1, 0, 0, 0, 0x10, "");

        assertThat(failure).contains("deactivated");
    }
}
