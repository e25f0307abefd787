package org.serverconsole.fake;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.Optional;

/** A viewer that types at a stream which stands before ClientInit (RFC 6143, 7.5), and sees what size it has. */
public record Viewing(Channel channel, Received received) {

    private static final int DESKTOP_SIZE = -223;

    /** Says that it is there. */
    public static Viewing of(Channel channel) {
        Received received = Received.from(channel);
        // A viewer that cannot follow a change of size is thrown out by TigerVNC when there is one.
        channel.writeAndFlush(Unpooled.buffer().writeByte(1).writeByte(2).writeByte(0).writeShort(2).writeInt(0).writeInt(DESKTOP_SIZE));
        return new Viewing(channel, received);
    }

    /** The size in ServerInit, such as {@code 800x600}, once that has come. */
    public Optional<String> size() {
        byte[] init = received.bytes();
        return init.length < 24 ? Optional.empty() : Optional.of(Unpooled.wrappedBuffer(init).getUnsignedShort(0)
                + "x" + Unpooled.wrappedBuffer(init).getUnsignedShort(2));
    }

    /** Presses and releases keys, by their keysyms. */
    public void type(int... keysyms) {
        for (int keysym : keysyms) {
            key(keysym, true);
            key(keysym, false);
        }
    }

    /** Types Latin text. */
    public void type(String text) {
        type(text.chars().toArray());
    }

    /** Holds the first keys while the last is pressed. */
    public void chord(int... keysyms) {
        Arrays.stream(keysyms).forEach(key -> key(key, true));
        for (int i = keysyms.length - 1; i >= 0; i--) {
            key(keysyms[i], false);
        }
    }

    private void key(int keysym, boolean down) {
        channel.writeAndFlush(Unpooled.buffer().writeByte(4).writeByte(down ? 1 : 0).writeShort(0).writeInt(keysym));
    }

    /** Presses and releases mouse buttons there. */
    public void click(int x, int y, int buttons) {
        for (int mask : new int[] {0, buttons, 0}) {
            pointer(x, y, mask);
        }
    }

    /** Drags whatever is at the first place to the second, slowly enough to be seen as that. */
    public void drag(int fromX, int fromY, int toX, int toY) {
        pointer(fromX, fromY, 0);
        for (int step = 0; step <= 10; step++) {
            pointer(fromX + (toX - fromX) * step / 10, fromY + (toY - fromY) * step / 10, 1);
        }
        pointer(toX, toY, 0);
    }

    private void pointer(int x, int y, int buttons) {
        channel.writeAndFlush(Unpooled.buffer().writeByte(5).writeByte(buttons).writeShort(x).writeShort(y));
    }
}
