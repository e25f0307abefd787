package org.serverconsole.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.serverconsole.config.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of telnet (RFC 854) towards guacd. The one-time password is asked for as the environment variable
 * {@code USER} (RFC 1572), which guacd answers by itself: a prompt in the terminal would be seen, and a key that the customer
 * presses meanwhile ends guacd's search for it. Expects auto-read off. Behind it in the pipeline there are plain bytes and
 * {@link TerminalSignal}s.
 */
final class TelnetServer extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TelnetServer.class);

    private static final byte IAC = (byte) 255;
    private static final byte DO = (byte) 253;
    private static final byte WILL = (byte) 251;
    private static final byte SB = (byte) 250;
    private static final byte BRK = (byte) 243;
    private static final byte SE = (byte) 240;
    private static final byte ECHO = 1;
    private static final byte SUPPRESS_GO_AHEAD = 3;
    private static final byte NEW_ENVIRON = 39;

    private static final byte IS = 0;
    private static final byte SEND = 1;
    private static final byte VAR = 0;
    private static final byte VALUE = 1;

    /** guacd echoes by itself what is typed unless the other side says it does. */
    private static final byte[] GREETING =
            {IAC, WILL, ECHO, IAC, WILL, SUPPRESS_GO_AHEAD, IAC, DO, NEW_ENVIRON, IAC, SB, NEW_ENVIRON, SEND, IAC, SE};

    private static final byte[] USER = {NEW_ENVIRON, IS, VAR, 'U', 'S', 'E', 'R', VALUE};

    /** More than any answer that is waited for; the rest of a longer one is left out. */
    private static final int LONGEST_ANSWER = 256;

    private enum State { DATA, COMMAND, OPTION, ANSWER, ANSWER_COMMAND }

    private final Secret password;
    private final Runnable passed;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();

    private State state = State.DATA;
    private boolean loggedIn;

    /**
     * @param password what the client must know
     * @param passed runs on the event loop once the client has said it
     */
    TelnetServer(Secret password, Runnable passed) {
        this.password = password;
        this.passed = passed;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(GREETING), ctx.voidPromise());
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && ctx.channel().isOpen()) {
                if (state == State.DATA) {
                    passOn(ctx, in);
                } else {
                    take(ctx, in.readByte());
                }
            }
        } finally {
            in.release();
        }
    }

    /** What is typed before the login goes nowhere. */
    private void passOn(ChannelHandlerContext ctx, ByteBuf in) {
        int length = in.bytesBefore(IAC);
        ByteBuf data = in.readSlice(length < 0 ? in.readableBytes() : length);
        if (data.isReadable() && loggedIn) {
            ctx.fireChannelRead(data.retain());
        }
        if (length >= 0) {
            in.skipBytes(1);
            state = State.COMMAND;
        }
    }

    private void take(ChannelHandlerContext ctx, byte next) {
        switch (state) {
            case COMMAND -> command(ctx, next);
            // Which options the client has or lacks makes no difference here.
            case OPTION -> state = State.DATA;
            case ANSWER -> {
                if (next == IAC) {
                    state = State.ANSWER_COMMAND;
                } else {
                    append(next);
                }
            }
            case ANSWER_COMMAND -> {
                state = next == SE ? State.DATA : State.ANSWER;
                if (next == SE) {
                    answered(ctx);
                } else {
                    append(next);
                }
            }
            case DATA -> throw new IllegalStateException("data is passed on");
        }
    }

    private void command(ChannelHandlerContext ctx, byte command) {
        state = State.DATA;
        if (command == IAC && loggedIn) {
            ctx.fireChannelRead(Unpooled.wrappedBuffer(new byte[] {IAC}));
        } else if (command == BRK && loggedIn) {
            ctx.fireChannelRead(TerminalSignal.BREAK);
        } else if (command == SB) {
            answer.reset();
            state = State.ANSWER;
        } else if (command >= WILL && command < IAC) {
            state = State.OPTION;
        }
    }

    private void append(byte next) {
        if (answer.size() < LONGEST_ANSWER) {
            answer.write(next);
        }
    }

    private void answered(ChannelHandlerContext ctx) {
        byte[] received = answer.toByteArray();
        answer.reset();
        if (loggedIn || received.length == 0 || received[0] != NEW_ENVIRON) {
            return;
        }
        if (!Secret.of(new String(received, StandardCharsets.ISO_8859_1)).equals(expected())) {
            LOG.warn("{} does not know the password of the relay's port {}",
                    ctx.channel().remoteAddress(), ctx.channel().localAddress());
            ctx.close();
            return;
        }
        loggedIn = true;
        passed.run();
    }

    private Secret expected() {
        return Secret.of(new String(USER, StandardCharsets.ISO_8859_1) + password.reveal());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (!loggedIn) {
            ctx.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(escaped((ByteBuf) message), promise);
    }

    /** Every byte that would begin a command, twice. */
    private static ByteBuf escaped(ByteBuf data) {
        if (data.bytesBefore(IAC) < 0) {
            return data;
        }
        try {
            ByteBuf out = data.alloc().buffer(data.readableBytes() + 16);
            for (int length = data.bytesBefore(IAC); length >= 0; length = data.bytesBefore(IAC)) {
                out.writeBytes(data, length + 1).writeByte(IAC);
            }
            return out.writeBytes(data);
        } finally {
            data.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("telnet with {} broke", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
