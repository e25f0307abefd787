package org.serverconsole.rmcp;

import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.serverconsole.rmcp.RmcpException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login (13.17 to 13.24): what the BMC is capable of, Open Session, RAKP 1 to 4, privilege. A message of it that is lost
 * cannot be repeated, since the BMC may have gone on: everything starts again at Open Session. Of the event loop alone.
 */
final class Handshake {

    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private static final int APPLICATION = 0x06;
    private static final int SET_PRIVILEGE = 0x3B;
    private static final int CLOSE_SESSION = 0x3C;
    private static final byte NAME_ONLY_LOOKUP = 0x10;
    /** Status in RAKP 3 that makes the BMC forget the session (13.24). */
    private static final byte INVALID_CODE = 0x0F;

    private final Rmcp rmcp;
    private final BmcLogin login;
    private final Duration deadline;
    private final long end;
    private final CompletableFuture<RmcpSession> result = new CompletableFuture<>();
    private final Capabilities capabilities;

    private Stage stage = Stage.CAPABILITIES;
    private CipherSuite suite = CipherSuite.SUITE_3;
    private int losses;
    private int tag;
    private int consoleId;
    private int bmcId;
    private byte[] consoleRandom = {};
    private Optional<Rakp> rakp = Optional.empty();
    private Optional<ScheduledFuture<?>> retry = Optional.empty();
    private Optional<ScheduledFuture<?>> alarm = Optional.empty();
    private boolean garbage;
    private boolean mismatch;
    private boolean forged;

    /** What the BMC's next message is to be. */
    private enum Stage { CAPABILITIES, OPEN_SESSION, RAKP_2, RAKP_4, PRIVILEGE }

    Handshake(Rmcp rmcp, BmcLogin login, Duration deadline) {
        this.rmcp = rmcp;
        this.login = login;
        this.deadline = deadline;
        this.end = System.nanoTime() + deadline.toNanos();
        this.capabilities = new Capabilities(login, new Capabilities.Way() {
            @Override
            public void ask(byte[] message) {
                send(Datagram.sessionless(message));
            }

            @Override
            public void use(CipherSuite chosen) {
                suite = chosen;
                openSession();
            }

            @Override
            public void refuse(String message) {
                fail(Reason.UNSUPPORTED, message);
            }
        });
    }

    BmcLogin login() {
        return login;
    }

    CompletableFuture<RmcpSession> result() {
        return result;
    }

    void start() {
        alarm = Optional.of(rmcp.loop().schedule(this::expired, end - System.nanoTime(), TimeUnit.NANOSECONDS));
        capabilities.start();
        retryLater();
    }

    void stop() {
        retry.ifPresent(timer -> timer.cancel(false));
        alarm.ifPresent(timer -> timer.cancel(false));
    }

    void receivedGarbage() {
        garbage = true;
    }

    void receive(Datagram packet) {
        if (result.isDone()) {
            return;
        }
        if (packet.payloadType() == Datagram.IPMI) {
            receiveAnswer(packet);
            return;
        }
        byte[] message = packet.payload();
        if (message.length < 2 || (message[0] & 0xFF) != tag || packet.payloadType() != awaited()) {
            return;
        }
        int status = message[1] & 0xFF;
        if (status != 0) {
            refused(status);
        } else if (message.length >= 8 && little(message).getInt(4) == consoleId) {
            switch (stage) {
                case OPEN_SESSION -> opened(message);
                case RAKP_2 -> challenged(message);
                default -> accepted(message);
            }
        }
    }

    private int awaited() {
        return switch (stage) {
            case OPEN_SESSION -> Datagram.OPEN_SESSION_RESPONSE;
            case RAKP_2 -> Datagram.RAKP_2;
            case RAKP_4 -> Datagram.RAKP_4;
            case CAPABILITIES, PRIVILEGE -> -1;
        };
    }

    private void receiveAnswer(Datagram packet) {
        Optional<IpmiMessage.Answer> answer = IpmiMessage.answer(packet.payload());
        if (answer.isEmpty()) {
            garbage = true;
        } else if (stage == Stage.CAPABILITIES) {
            capabilities.receive(answer.get());
        }
    }

    private void openSession() {
        stage = Stage.OPEN_SESSION;
        mismatch = false;
        tag = rmcp.nextTag();
        consoleId = rmcp.newSessionId();
        send(Datagram.unprotected(Datagram.OPEN_SESSION, ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) tag).put((byte) login.privilege().level()).putShort((short) 0).putInt(consoleId)
                .put(algorithm(0, suite.authentication())).put(algorithm(1, suite.integrity()))
                .put(algorithm(2, CipherSuite.AES_CBC_128)).array()));
        retryLater();
    }

    private static byte[] algorithm(int kind, int number) {
        return new byte[] {(byte) kind, 0, 0, 8, (byte) number, 0, 0, 0};
    }

    private void opened(byte[] message) {
        if (message.length < 36 || message[16] != suite.authentication() || message[24] != suite.integrity()
                || message[32] != CipherSuite.AES_CBC_128) {
            fail(Reason.PROTOCOL, "the BMC has not taken the algorithms of cipher suite " + suite.id());
            return;
        }
        bmcId = little(message).getInt(8);
        consoleRandom = new byte[Rakp.RANDOM];
        rmcp.random().nextBytes(consoleRandom);
        stage = Stage.RAKP_2;
        byte[] name = login.usernameBytes();
        send(Datagram.unprotected(Datagram.RAKP_1, rakpMessage(28 + name.length, 0)
                .put(consoleRandom).put((byte) role()).putShort((short) 0).put((byte) name.length).put(name).array()));
        retryLater();
    }

    private int role() {
        return login.privilege().level() | NAME_ONLY_LOOKUP;
    }

    private void challenged(byte[] message) {
        if (message.length != 40 + suite.hashLength()) {
            return;
        }
        Rakp answered = new Rakp(suite, login.passwordBytes(), login.usernameBytes(), role(), consoleId, bmcId, consoleRandom,
                Arrays.copyOfRange(message, 8, 24), Arrays.copyOfRange(message, 24, 40));
        if (!answered.isProofOfBmc(Arrays.copyOfRange(message, 40, message.length))) {
            // Nobody vouches for this message: only where the BMC sends no other is it the password.
            mismatch = true;
            return;
        }
        rakp = Optional.of(answered);
        stage = Stage.RAKP_4;
        byte[] proof = answered.proofOfConsole();
        send(Datagram.unprotected(Datagram.RAKP_3, rakpMessage(8 + proof.length, 0).put(proof).array()));
        retryLater();
    }

    private ByteBuffer rakpMessage(int length, int status) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) tag).put((byte) status).putShort((short) 0).putInt(bmcId);
    }

    private void accepted(byte[] message) {
        if (!rakp.orElseThrow().isProofOfSession(Arrays.copyOfRange(message, 8, message.length))) {
            if (capabilities.hasOwnKey()) {
                fail(Reason.UNSUPPORTED, "the BMC has a key of its own (K_g), which is not spoken here: clear it");
            } else {
                // The BMC's own, if this was not, is still awaited.
                forged = true;
                rmcp.dropForged(login.address());
            }
            return;
        }
        cancelRetry();
        stage = Stage.PRIVILEGE;
        RmcpSession session = new RmcpSession(rmcp, login, rakp.orElseThrow().keys(), consoleId, bmcId);
        rmcp.add(session);
        session.request(Duration.ofNanos(end - System.nanoTime()), APPLICATION, SET_PRIVILEGE, (byte) login.privilege().level())
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        session.close();
                        failPrivilege(failure);
                    } else if (!result.complete(session)) {
                        session.close();
                    }
                });
    }

    private void failPrivilege(Throwable failure) {
        result.completeExceptionally(failure instanceof RmcpException refusal && refusal.completionCode().isPresent()
                ? refusal.meaning(Reason.REJECTED, login.username() + " may not be " + login.privilege() + ": "
                        + refusal.getMessage())
                : failure);
    }

    /** The status of a message of the handshake (13.24). */
    private void refused(int status) {
        String at = login.peer() + " answered status " + String.format("%02Xh", status);
        switch (status) {
            case 0x02, 0x08 ->
                    // It has forgotten the session, or gone on with it: a packet was lost, as will be noticed in a moment.
                    LOG.debug("{} at {}", at, stage);
            case 0x01, 0x0B -> fail(Reason.BUSY, at + ": it has no room for another session");
            case 0x09, 0x0A -> fail(Reason.REJECTED, at + ": " + login.username() + " may not be " + login.privilege());
            case 0x0C, 0x0D, 0x0E -> fail(Reason.REJECTED, at + ": it knows no " + login.username());
            case 0x0F -> fail(Reason.REJECTED, at + ": it has another password for " + login.username());
            case 0x03, 0x04, 0x05, 0x06, 0x07, 0x10, 0x11 ->
                    fail(Reason.UNSUPPORTED, at + ": it has no cipher suite " + suite.id());
            default -> fail(Reason.PROTOCOL, at);
        }
    }

    private void lost() {
        if (result.isDone()) {
            return;
        }
        losses++;
        if (stage == Stage.RAKP_2 && mismatch) {
            send(Datagram.unprotected(Datagram.RAKP_3, rakpMessage(8, INVALID_CODE).array()));
            fail(Reason.REJECTED, login.peer() + " has another password for " + login.username());
            return;
        }
        if (stage != Stage.CAPABILITIES) {
            restart();
        } else {
            capabilities.repeat();
            if (stage == Stage.CAPABILITIES) {
                retryLater();
            }
        }
    }

    private void restart() {
        cancelRetry();
        if (stage == Stage.RAKP_4) {
            // Most likely it was RAKP 4 that was lost, and the BMC holds a session that nobody will use.
            byte[] id = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bmcId).array();
            send(rakp.orElseThrow().keys().seal(Datagram.IPMI, bmcId, 1,
                    IpmiMessage.request(APPLICATION, 0, CLOSE_SESSION, id), rmcp.random()));
        }
        LOG.debug("{} did not answer at {}, starting again", login.peer(), stage);
        openSession();
    }

    private void retryLater() {
        cancelRetry();
        retry = Optional.of(rmcp.loop().schedule(this::lost, rmcp.timing().retryNanos(losses), TimeUnit.NANOSECONDS));
    }

    private void cancelRetry() {
        retry.ifPresent(timer -> timer.cancel(false));
    }

    private void send(byte[] packet) {
        rmcp.send(packet, login.address(), cause ->
                fail(Reason.UNREACHABLE, "no packet can be sent to " + login.peer() + ": " + cause.getMessage()));
    }

    private void expired() {
        String within = " within " + deadline.toMillis() + " ms";
        if (forged) {
            fail(Reason.PROTOCOL, login.peer() + " has not proved that it accepted the login" + within
                    + ": RAKP 4 had a wrong authentication code");
        } else if (stage != Stage.CAPABILITIES || capabilities.answered()) {
            fail(Reason.TIMEOUT, "no login to " + login.peer() + within + ": it stopped answering at " + stage);
        } else if (garbage) {
            fail(Reason.PROTOCOL, login.peer() + " answers, but not in RMCP");
        } else {
            fail(Reason.TIMEOUT, "no answer from " + login.peer() + within);
        }
    }

    private void fail(Reason reason, String message) {
        result.completeExceptionally(new RmcpException(reason, message));
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
