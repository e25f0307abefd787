package org.serverconsole.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.serverconsole.config.Secret;

class TelnetServerTest {

    private static final String LOGIN = "fffa2700" + "00" + hex("USER") + "01" + hex("password") + "fff0";

    private final List<Boolean> passed = new ArrayList<>();
    private final EmbeddedChannel guacd = new EmbeddedChannel(
            new TelnetServer(Secret.of("password"), () -> passed.add(true)));

    @AfterEach
    void close() {
        guacd.finishAndReleaseAll();
    }

    @Test
    void guacdIsAskedForItsNameAndToldThatTheOtherSideEchoes() {
        assertThat(sent()).isEqualTo("fffb01" + "fffb03" + "fffd27" + "fffa2701fff0");
    }

    @Test
    void whoeverSaysThePasswordIsIn() {
        receive(LOGIN);

        assertThat(passed).hasSize(1);
        assertThat(guacd.isOpen()).isTrue();
    }

    @Test
    void theAnswerMayComeInPiecesAndAfterOthers() {
        for (int i = 0; i < LOGIN.length(); i += 2) {
            receive((i == 0 ? "fffb27fffd01fffa1800" + hex("linux") + "fff0" : "") + LOGIN.substring(i, i + 2));
        }

        assertThat(passed).hasSize(1);
    }

    @Test
    void whoeverDoesNotKnowThePasswordIsCut() {
        receive(LOGIN.replace(hex("password"), hex("passwore")));

        assertThat(passed).isEmpty();
        assertThat(guacd.isOpen()).isFalse();
    }

    @Test
    void aLongerAnswerThatOnlyBeginsRightIsCut() {
        receive(LOGIN.replace(hex("password"), hex("password") + hex("x".repeat(100_000))));

        assertThat(passed).isEmpty();
        assertThat(guacd.isOpen()).isFalse();
    }

    @Test
    void whatIsTypedBeforeTheLoginGoesNowhereAndWhatIsTypedBehindItArrives() {
        receive(hex("early") + "fff3" + LOGIN + hex("late"));

        assertThat(arrived()).containsExactly(hex("late"));
    }

    @Test
    void commandsAreTakenOutAndTheByteTheyBeginWithArrivesOnce() {
        receive(LOGIN);
        receive(hex("a") + "fffb1f" + hex("b") + "fffa1f00500018fff0" + hex("c") + "ffff" + hex("d") + "fff1" + hex("e"));

        assertThat(String.join("", arrived())).isEqualTo(hex("abc") + "ff" + hex("de"));
    }

    @Test
    void aCommandThatComesInPiecesIsTakenOutToo() {
        receive(LOGIN);
        for (String piece : List.of(hex("a"), "ff", "fb", "1f", hex("b"), "ff", "ff", hex("c"))) {
            receive(piece);
        }

        assertThat(String.join("", arrived())).isEqualTo(hex("ab") + "ff" + hex("c"));
    }

    @Test
    void aBreakIsAMessageOfItsOwnInItsPlace() {
        receive(LOGIN + hex("a") + "fff3" + hex("b"));

        assertThat(guacd.<ByteBuf>readInbound().toString(StandardCharsets.US_ASCII)).isEqualTo("a");
        assertThat(guacd.<Object>readInbound()).isSameAs(TerminalSignal.BREAK);
        assertThat(guacd.<ByteBuf>readInbound().toString(StandardCharsets.US_ASCII)).isEqualTo("b");
    }

    @Test
    void aLoginIsAskedForOnceOnly() {
        receive(LOGIN + LOGIN.replace(hex("password"), hex("anything")));

        assertThat(passed).hasSize(1);
        assertThat(guacd.isOpen()).isTrue();
    }

    @Test
    void whatTheConsoleSaysIsNeverTakenForACommand() {
        sent();
        guacd.writeOutbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump("ff61fffff362ff")));

        assertThat(sent()).isEqualTo("ffff61fffffffff362ffff");
    }

    private void receive(String hex) {
        guacd.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
    }

    private List<String> arrived() {
        List<String> all = new ArrayList<>();
        for (ByteBuf data = guacd.readInbound(); data != null; data = guacd.readInbound()) {
            all.add(ByteBufUtil.hexDump(data));
            data.release();
        }
        return all;
    }

    private String sent() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf data = guacd.readOutbound(); data != null; data = guacd.readOutbound()) {
            all.append(ByteBufUtil.hexDump(data));
            data.release();
        }
        return all.toString();
    }

    private static String hex(String text) {
        return ByteBufUtil.hexDump(text.getBytes(StandardCharsets.US_ASCII));
    }
}
