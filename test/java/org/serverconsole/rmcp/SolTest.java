package org.serverconsole.rmcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.serverconsole.fake.FakeBmc;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.UnreliableNetwork;
import org.serverconsole.relay.TerminalSignal;
import org.serverconsole.rmcp.RmcpException.Reason;

class SolTest extends RmcpFixture {

    private Channel console() throws Exception {
        return new Sol(open()).activate(DEADLINE);
    }

    private static ChannelFuture type(Channel console, byte[] bytes) {
        return console.writeAndFlush(Unpooled.wrappedBuffer(bytes));
    }

    @Test
    void whatIsTypedIsTakenAndWhatIsPrintedIsRead() throws Exception {
        Channel console = console();
        Received received = Received.from(console);
        byte[] typed = random(5_000, 1);
        byte[] printed = random(5_000, 2);

        bmc.serial().print(printed);
        type(console, typed).sync();

        assertThat(Arrays.equals(bmc.serial().typed(), typed)).isTrue();
        await().untilAsserted(() -> assertThat(Arrays.equals(received.bytes(), printed)).isTrue());
        assertThat(bmc.serial().outOfOrder()).isZero();
    }

    @Test
    void bothDirectionsAreExactOnANetworkThatLosesRepeatsAndReorders() throws Exception {
        try (UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 4711)) {
            use(RmcpTiming.STANDARD.faster(20));
            Channel console = new Sol(rmcp.open(login(network.address()), DEADLINE)).activate(DEADLINE);
            Received received = Received.from(console);
            byte[] typed = random(20_000, 3);
            byte[] printed = random(20_000, 4);
            network.lose(0.05, 0.05, 0.05);

            bmc.serial().print(printed);
            assertThat(type(console, typed).await(40, TimeUnit.SECONDS)).isTrue();

            await().atMost(40, TimeUnit.SECONDS).untilAsserted(() -> assertThat(received.bytes()).hasSameSizeAs(printed));
            assertThat(Arrays.equals(received.bytes(), printed)).isTrue();
            assertThat(Arrays.equals(bmc.serial().typed(), typed)).isTrue();
            assertThat(network.lost()).isGreaterThan(20);
        }
    }

    @Test
    void whatTheBmcDoesNotTakeIsSentAgain() throws Exception {
        Channel console = console();
        bmc.serial().mostTaken(7);
        bmc.serial().refuseNext(3);
        byte[] typed = random(300, 5);

        type(console, typed).sync();

        assertThat(Arrays.equals(bmc.serial().typed(), typed)).isTrue();
    }

    @Test
    void aBreakIsSentInItsPlace() throws Exception {
        Channel console = console();

        console.write(Unpooled.copiedBuffer("before", US_ASCII));
        console.write(TerminalSignal.BREAK);
        console.write(TerminalSignal.BREAK);
        console.writeAndFlush(Unpooled.copiedBuffer("after", US_ASCII)).sync();

        assertThat(bmc.serial().breaks()).isEqualTo(2);
        assertThat(bmc.serial().typed()).asString(US_ASCII).isEqualTo("beforeafter");
    }

    @Test
    void aTerminalTakesNothingElse() throws Exception {
        assertThatThrownBy(() -> console().writeAndFlush("text").sync()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whoDoesNotReadSlowsTheMachineDownAndLosesNothing() throws Exception {
        Channel console = console();
        byte[] printed = random(200_000, 6);
        bmc.serial().print(printed);
        await().until(() -> bmc.serial().unacknowledged() < 180_000);
        await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(5)).until(() -> bmc.serial().unacknowledged() > 160_000);

        Received received = Received.from(console);

        await().untilAsserted(() -> assertThat(Arrays.equals(received.bytes(), printed)).isTrue());
    }

    @Test
    void oneReadGivesOneDelivery() throws Exception {
        Channel console = console();
        StringBuilder read = new StringBuilder();
        console.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                read.append(bytes.toString(US_ASCII));
            }
        });
        bmc.serial().print("one".getBytes(US_ASCII));
        await().until(() -> bmc.serial().unacknowledged() == 0);
        console.read();
        await().until(() -> read.toString().equals("one"));

        bmc.serial().print("two".getBytes(US_ASCII));
        await().until(() -> bmc.serial().unacknowledged() == 0);

        console.eventLoop().submit(() -> { }).sync();
        assertThat(read).hasToString("one");
        console.read();
        await().until(() -> read.toString().equals("onetwo"));
    }

    @Test
    void aTypistFasterThanTheLineIsToldToWait() throws Exception {
        Channel console = console();
        console.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1_000, 2_000));
        bmc.behave(FakeBmc.Behaviour.SILENT);

        ChannelFuture written = type(console, new byte[3_000]);

        await().until(() -> !console.isWritable());
        bmc.behave(FakeBmc.Behaviour.ANSWERS);
        written.sync();
        await().until(console::isWritable);
    }

    @Test
    void closingTheChannelFreesTheConsoleAndLeavesTheSession() throws Exception {
        RmcpSession session = open();
        Channel console = new Sol(session).activate(DEADLINE);
        assertThat(bmc.solActive()).isTrue();

        console.close().sync();

        await().until(() -> !bmc.solActive());
        assertThat(session.command(DEADLINE, CHASSIS, STATUS)).startsWith(1);
        assertThat(new Sol(session).activate(DEADLINE).isActive()).isTrue();
    }

    @Test
    void closingTheSessionClosesItsConsole() throws Exception {
        RmcpSession session = open();
        Channel console = new Sol(session).activate(DEADLINE);

        session.close().get();

        assertThat(console.isOpen()).isFalse();
        assertThat(bmc.solActive()).isFalse();
        assertThat(bmc.sessions()).isZero();
    }

    @Test
    void aConsoleSomebodyElseHasIsBusyAndOneSwitchedOffIsUnsupported() throws Exception {
        console();
        assertThat(catchThrowableOfType(RmcpException.class, this::console).reason()).isEqualTo(Reason.BUSY);

        bmc.solEnabled(false);
        assertThat(catchThrowableOfType(RmcpException.class, this::console).reason()).isEqualTo(Reason.UNSUPPORTED);
    }

    @Test
    void aConsoleIsActivatedAlthoughTheAnswerWasLost() throws Exception {
        try (UnreliableNetwork network = new UnreliableNetwork(bmc.address(), 0)) {
            RmcpSession session = rmcp.open(login(network.address()), DEADLINE);
            network.loseNext(packet -> isOfType(packet, Datagram.IPMI)
                    && Datagram.read(packet).orElseThrow().sessionId() == session.consoleId());

            Channel console = new Sol(session).activate(DEADLINE);

            type(console, "x".getBytes(US_ASCII)).sync();
            assertThat(bmc.serial().typed()).asString(US_ASCII).isEqualTo("x");
            assertThat(network.lost()).isEqualTo(1);
        }
    }

    @Test
    void aConsoleWhoseBmcIsGoneEndsOnceSomethingIsTyped() throws Exception {
        use(RmcpTiming.STANDARD.faster(60));
        Channel console = console();
        Received received = Received.from(console);
        bmc.behave(FakeBmc.Behaviour.SILENT);

        ChannelFuture written = type(console, "x".getBytes(US_ASCII));

        await().until(received::closed);
        assertThat(written.isSuccess()).isFalse();
        assertThat(console.isOpen()).isFalse();
    }

    @Test
    void anIdleConsoleEndsWhenTheBmcForgetsIt() throws Exception {
        use(RmcpTiming.STANDARD.faster(60));
        Received received = Received.from(console());

        bmc.forgetSessions();

        await().until(received::closed);
    }
}
