package org.serverconsole.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A server's side of a WebSocket (RFC 6455) with one viewer, done by hand so that it can be done wrong. */
public final class ServerWebSocket {

    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final int FIN = 0x80;

    /** One frame as it was received, unmasked. */
    public record Frame(int opcode, byte[] payload) { }

    private final ScriptedRfbServer.Viewer viewer;
    private final String requestLine;
    private final Map<String, String> headers;
    private int longest;

    private ServerWebSocket(ScriptedRfbServer.Viewer viewer, String requestLine, Map<String, String> headers) {
        this.viewer = viewer;
        this.requestLine = requestLine;
        this.headers = headers;
    }

    /** Reads a request and does not answer it yet. */
    public static ServerWebSocket asked(ScriptedRfbServer.Viewer viewer) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.writeBytes(viewer.hear(1));
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            headers.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
        }
        return new ServerWebSocket(viewer, lines[0], headers);
    }

    /** Reads a request and grants it. */
    public static ServerWebSocket accepted(ScriptedRfbServer.Viewer viewer) throws IOException {
        ServerWebSocket socket = asked(viewer);
        viewer.say(socket.consent());
        return socket;
    }

    /** What grants the request, with those lines added. */
    public String consent(String... more) throws IOException {
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("Upgrade", "websocket");
        answer.put("Connection", "Upgrade");
        answer.put("Sec-WebSocket-Accept", acceptance(headers.get("Sec-WebSocket-Key")));
        StringBuilder text = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        answer.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        for (String line : more) {
            text.append(line).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    private static String acceptance(String key) throws IOException {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    public String requestLine() {
        return requestLine;
    }

    /** By their names, whatever the case. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The longest binary frame that has been heard so far, in bytes. */
    public int longest() {
        return longest;
    }

    /** A whole message. */
    public ServerWebSocket say(byte[] bytes) throws IOException {
        viewer.say(frame(BINARY, true, bytes));
        return this;
    }

    public ServerWebSocket say(String text) throws IOException {
        return say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public ServerWebSocket say(int opcode, boolean last, byte[] payload) throws IOException {
        viewer.say(frame(opcode, last, payload));
        return this;
    }

    /** A close frame with that status and reason. */
    public ServerWebSocket sayClose(int status, String reason) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.write(status >> 8);
        payload.write(status);
        payload.writeBytes(reason.getBytes(StandardCharsets.UTF_8));
        return say(CLOSE, true, payload.toByteArray());
    }

    /** A frame's bytes. */
    public static byte[] frame(int opcode, boolean last, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(opcode | (last ? FIN : 0));
        if (payload.length < 126) {
            frame.write(payload.length);
        } else if (payload.length < 65536) {
            frame.write(126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(127);
            frame.writeBytes(new byte[4]);
            for (int shift = 24; shift >= 0; shift -= 8) {
                frame.write(payload.length >> shift);
            }
        }
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /** The next frame, which must be masked (RFC 6455, 5.1). */
    public Frame hearFrame() throws IOException {
        byte[] start = viewer.hear(2);
        if ((start[1] & 0x80) == 0) {
            throw new IOException("a frame that is not masked");
        }
        int length = start[1] & 0x7f;
        if (length == 126) {
            byte[] wide = viewer.hear(2);
            length = (wide[0] & 255) << 8 | wide[1] & 255;
        } else if (length == 127) {
            throw new IOException("a frame of 64 KiB or more");
        }
        byte[] mask = viewer.hear(4);
        byte[] payload = viewer.hear(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        int opcode = start[0] & 15;
        longest = Math.max(longest, opcode == BINARY ? length : 0);
        return new Frame(opcode, payload);
    }

    /** That many bytes from binary frames, which end with them. */
    public byte[] hear(int count) throws IOException {
        byte[] heard = hearAtLeast(count);
        if (heard.length > count) {
            throw new IOException(heard.length + " bytes instead of " + count);
        }
        return heard;
    }

    /** Binary frames until they have brought that many bytes. */
    public byte[] hearAtLeast(int count) throws IOException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        while (heard.size() < count) {
            Frame frame = hearFrame();
            if (frame.opcode() != BINARY) {
                throw new IOException("a frame of type " + frame.opcode() + " instead of a binary one");
            }
            heard.writeBytes(frame.payload());
        }
        return heard.toByteArray();
    }

    /** RFB 3.8 without authentication, up to SecurityResult. */
    public ServerWebSocket openConsole() throws IOException {
        say("RFB 003.008\n").hear(12);
        say(new byte[] {1, 1}).hear(1);
        return say(new byte[4]);
    }
}
