package org.serverconsole.rmcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.serverconsole.relay.TerminalSignal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serial console over LAN as a channel of bytes, on the event loop of its session. Takes {@link ByteBuf} and
 * {@link TerminalSignal}; a write succeeds when the BMC has acknowledged it. Closing it deactivates the console at the BMC.
 */
final class SolChannel extends AbstractChannel {

    private static final Logger LOG = LoggerFactory.getLogger(SolChannel.class);
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    /** How much is kept for a slow reader, in bytes, before the BMC is slowed down. */
    private static final int BACKLOG = 32 * 1024;

    private final RmcpSession session;
    private final int longestPacket;
    private final ChannelConfig config = new DefaultChannelConfig(this).setAutoRead(false);
    private final SolLink link;
    private ByteBuf backlog = Unpooled.buffer(1024, BACKLOG);
    private boolean reading;
    private boolean delivering;
    private volatile boolean open = true;

    /**
     * @param longestPacket how many characters the BMC takes in one packet
     */
    SolChannel(RmcpSession session, int longestPacket) {
        super(null);
        this.session = session;
        this.longestPacket = longestPacket;
        this.link = new SolLink(new Carrier(), session.rmcp().timing());
    }

    /** Begins; to be called once it is registered. */
    void start() {
        link.open();
    }

    void receive(byte[] packet, int sequence) {
        link.receive(packet, sequence);
    }

    /** The session has ended, or the console in it. Whoever reads gets first what has come. */
    void lost(String why) {
        if (!open) {
            return;
        }
        LOG.info("console of {} {}", session.address(), why);
        while (open && backlog.isReadable()) {
            deliver();
        }
        close();
    }

    private void deliver() {
        delivering = true;
        reading = false;
        ByteBuf bytes = backlog;
        backlog = Unpooled.buffer(1024, BACKLOG);
        pipeline().fireChannelRead(bytes);
        pipeline().fireChannelReadComplete();
        delivering = false;
        if (open) {
            link.roomAgain();
            deliverLater();
        }
    }

    private void deliverLater() {
        if (reading && !delivering && backlog.isReadable()) {
            // Not at once: a reader that reads on for each piece would recurse.
            eventLoop().execute(() -> {
                if (open && reading && !delivering && backlog.isReadable()) {
                    deliver();
                }
            });
        }
    }

    @Override
    protected void doBeginRead() {
        reading = true;
        deliverLater();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer pending) throws Exception {
        while (link.isReady() && pending.current() != null) {
            if (pending.current() instanceof TerminalSignal) {
                link.sendBreak();
                return;
            }
            Characters characters = new Characters(longestPacket);
            pending.forEachFlushedMessage(characters);
            if (characters.length == 0) {
                pending.remove();
            } else {
                link.send(characters.bytes());
            }
        }
    }

    /** Collects the bytes before the first signal, as many as a packet takes. */
    private static final class Characters implements ChannelOutboundBuffer.MessageProcessor {

        private final byte[] collected;
        private int length;

        Characters(int most) {
            collected = new byte[most];
        }

        @Override
        public boolean processMessage(Object message) {
            if (!(message instanceof ByteBuf bytes)) {
                return false;
            }
            int count = Math.min(bytes.readableBytes(), collected.length - length);
            bytes.getBytes(bytes.readerIndex(), collected, length, count);
            length += count;
            return length < collected.length;
        }

        byte[] bytes() {
            return Arrays.copyOf(collected, length);
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf || message instanceof TerminalSignal) {
            return message;
        }
        throw new UnsupportedOperationException("a terminal takes bytes and signals, not " + message.getClass().getName());
    }

    @Override
    protected void doClose() {
        open = false;
        link.stop();
        backlog.release();
        session.detach(this);
        Sol.deactivateAfter(session);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new SolUnsafe();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop == session.rmcp().loop();
    }

    @Override
    protected SocketAddress localAddress0() {
        return null;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return session.address();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a console is not bound");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    /** The way between the protocol and this channel. */
    private final class Carrier implements SolLink.Carrier {

        @Override
        public void transmit(byte[] packet) {
            session.send(Datagram.SOL, packet);
        }

        @Override
        public ScheduledFuture<?> later(Runnable task, long nanos) {
            return eventLoop().schedule(task, nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void sent(int characters) {
            ChannelOutboundBuffer pending = unsafe().outboundBuffer();
            if (pending == null) {
                return;
            }
            if (pending.current() instanceof TerminalSignal) {
                pending.remove();
            } else {
                pending.removeBytes(characters);
            }
        }

        @Override
        public void ready() {
            ((SolUnsafe) unsafe()).flush0();
        }

        @Override
        public int take(byte[] characters) {
            int count = Math.min(characters.length, BACKLOG - backlog.readableBytes());
            backlog.writeBytes(characters, 0, count);
            deliverLater();
            return count;
        }

        @Override
        public void failed(String why) {
            lost(why);
        }
    }

    private final class SolUnsafe extends AbstractUnsafe {

        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new IOException("a console is connected already"));
        }

        @Override
        protected void flush0() {
            super.flush0();
        }
    }
}
