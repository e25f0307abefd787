package org.serverconsole.parts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** QEMU's machine protocol over its unix socket: a line of JSON each way. */
final class Qmp implements AutoCloseable {

    private final ObjectMapper json = new ObjectMapper();
    private final SocketChannel channel;
    private final BufferedReader reader;
    private final List<String> events = new ArrayList<>();

    private Qmp(SocketChannel channel) {
        this.channel = channel;
        this.reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    static Qmp connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            Qmp qmp = new Qmp(channel);
            qmp.line();
            qmp.ask("qmp_capabilities", Map.of());
            return qmp;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Runs a command and gives what it returned. */
    synchronized JsonNode ask(String command, Map<String, ?> arguments) throws IOException {
        ByteBuffer request = ByteBuffer.wrap(
                json.writeValueAsBytes(Map.of("execute", command, "arguments", arguments)));
        while (request.hasRemaining()) {
            channel.write(request);
        }
        while (true) {
            JsonNode answer = line();
            if (answer.has("return")) {
                return answer.get("return");
            }
            if (answer.has("error")) {
                throw new IOException("QEMU refused " + command + ": " + answer.get("error").path("desc").asText());
            }
            // Anything else is an event, such as a viewer that has come.
            events.add(answer.path("event").asText());
        }
    }

    /** How many events of that name came before the last answer. */
    synchronized long events(String name) {
        return events.stream().filter(name::equals).count();
    }

    private JsonNode line() throws IOException {
        String line = reader.readLine();
        if (line == null) {
            throw new EOFException("QEMU has ended");
        }
        return json.readTree(line);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
