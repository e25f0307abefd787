package org.serverconsole.host;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** HTTP/1.1 over one connection as long as that lasts, with nothing checked before it is sent. */
public final class RawHttp implements AutoCloseable {

    private static final int PATIENCE = 20_000;

    /** What came back. */
    public record Answer(int status, String head, String body) { }

    private final URI server;
    private final InetAddress from;
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();

    public RawHttp(URI server) {
        this(server, InetAddress.getLoopbackAddress());
    }

    /** @param from the client's own address, any of this machine's */
    public RawHttp(URI server, InetAddress from) {
        this.server = server;
        this.from = from;
    }

    /**
     * @param target goes out as it is, one byte for each character
     * @param headers whole lines, each with its end
     */
    public Answer send(String method, String target, String headers, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes((method + " " + server.getPath() + target + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n"
                + headers + "Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        boolean kept = socket.isConnected() && !socket.isClosed();
        try {
            return exchange(request.toByteArray(), method.equals("HEAD"));
        } catch (IOException e) {
            close();
            if (!kept) {
                throw e;
            }
            // The server may close a connection that it kept, at any time.
            return exchange(request.toByteArray(), method.equals("HEAD"));
        }
    }

    private Answer exchange(byte[] request, boolean headOnly) throws IOException {
        if (!socket.isConnected() || socket.isClosed()) {
            socket = new Socket(InetAddress.getByName(server.getHost()), server.getPort(), from, 0);
            socket.setSoTimeout(PATIENCE);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }
        OutputStream out = socket.getOutputStream();
        out.write(request);
        String head = head();
        String lower = head.toLowerCase(Locale.ROOT);
        byte[] body;
        if (headOnly) {
            body = new byte[0];
        } else if (lower.contains("transfer-encoding: chunked")) {
            body = chunks();
        } else if (lower.contains("content-length: ")) {
            body = in.readNBytes(Integer.parseInt(lower.split("content-length: ")[1].split("\r")[0]));
        } else {
            body = new byte[0];
        }
        if (lower.contains("connection: close")) {
            close();
        }
        return new Answer(Integer.parseInt(head.split("\\s+")[1]), head, new String(body, StandardCharsets.UTF_8));
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append(line()).append("\r\n");
        }
        return head.toString();
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int length = Integer.parseInt(line(), 16);
            body.writeBytes(in.readNBytes(length));
            line();
            if (length == 0) {
                return body.toByteArray();
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed after \"" + line + "\"");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
