package org.serverconsole.panel;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Whether a guacd is there and what it can show, told by the first instruction of its protocol. Its messages name the
 * property to look at.
 *
 * @param host {@code guacd-hostname}
 * @param port {@code guacd-port}
 * @param ssl {@code guacd-ssl}
 * @param patience how long it may take to connect, and again to answer
 */
public record GuacdProbe(String host, int port, boolean ssl, Duration patience) {

    /** More than the longest list of arguments, which is VNC's. */
    private static final int LONGEST = 16_384;

    private static final Pattern INSTRUCTION = Pattern.compile("[0-9]{1,2}\\.[a-z]+(,.*)?;", Pattern.DOTALL);

    /** No connection has it, so guacd says so at once, without a process for one. */
    private static final String NO_CONNECTION = "$health";

    /**
     * Looks whether it is alive: it refuses a connection that it does not have, with an instruction or, as 1.3.0 does, by
     * hanging up without a word. Costs it next to nothing.
     *
     * @throws IOException where it does neither
     */
    public void requireLife() throws IOException {
        try {
            select(NO_CONNECTION);
        } catch (SocketTimeoutException e) {
            throw new IOException("guacd at " + this + " takes connections and does not answer: restart it", e);
        }
    }

    /**
     * Looks whether it can show consoles of that protocol, for which it starts a process and ends it.
     *
     * @param protocol {@code vnc} or {@code telnet}
     * @throws IOException where it cannot
     */
    public void requireProtocol(String protocol) throws IOException {
        String answer;
        try {
            answer = select(protocol);
        } catch (SocketTimeoutException e) {
            answer = "nothing within " + patience.toSeconds() + " s";
        }
        if (!answer.startsWith("4.args")) {
            throw new IOException("what listens at " + this + " answered " + (answer.isEmpty() ? "nothing" : answer) + " when asked for "
                    + protocol + ": install libguac-client-" + protocol + " there, see guacd's own log, and compare guacd-ssl");
        }
    }

    /** The first instruction, or empty text where there is none. */
    private String select(String what) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(("6.select," + what.length() + "." + what + ";").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return instruction(socket.getInputStream());
        }
    }

    private Socket connect() throws IOException {
        int millis = Math.toIntExact(patience.toMillis());
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), millis);
            socket.setSoTimeout(millis);
        } catch (IOException e) {
            socket.close();
            throw new IOException("guacd cannot be reached at " + this + " (" + e.getMessage()
                    + "): start it, or correct guacd-hostname and guacd-port", e);
        }
        return ssl ? encrypted(socket) : socket;
    }

    /** As Guacamole itself does, with the JVM's own authorities. */
    private Socket encrypted(Socket socket) throws IOException {
        try {
            SSLSocket encrypted =
                    (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(socket, host, port, true);
            encrypted.startHandshake();
            return encrypted;
        } catch (IOException e) {
            socket.close();
            throw new IOException("guacd at " + this + " cannot be spoken to over TLS (" + e.getMessage()
                    + "): have this JVM trust its certificate, start guacd with one, or correct guacd-ssl", e);
        }
    }

    /** As far as its semicolon: no argument of the instructions that may come has one. */
    private String instruction(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0 && text.length() < LONGEST; next = in.read()) {
            text.append((char) next);
            if (next == ';') {
                break;
            }
        }
        if (!text.isEmpty() && !INSTRUCTION.matcher(text).matches()) {
            throw new IOException("what listens at " + this + " is not guacd: correct guacd-hostname, guacd-port and guacd-ssl");
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
