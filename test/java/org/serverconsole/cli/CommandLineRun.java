package org.serverconsole.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.FakeClock;

/** One run of the command line as a shell would start it, with what it printed. */
record CommandLineRun(int code, String out, String err) {

    static final Instant NOW = Instant.parse("2026-03-01T03:00:00.750Z");

    static CommandLineRun of(String... arguments) {
        return reading("", arguments);
    }

    /** With those variables, and no others. */
    static CommandLineRun with(Map<String, String> environment, String... arguments) {
        return start(InputStream.nullInputStream(), environment, Optional.empty(), arguments);
    }

    /** With that on standard input. */
    static CommandLineRun reading(String input, String... arguments) {
        return start(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), Optional.empty(), arguments);
    }

    static CommandLineRun reading(byte[] input, String... arguments) {
        return start(new ByteArrayInputStream(input), Optional.empty(), arguments);
    }

    /** At a terminal, where those lines are typed one after the other; nothing, once there are no more. */
    static CommandLineRun typing(List<String> lines, String... arguments) {
        Deque<String> left = new ArrayDeque<>(lines);
        return start(InputStream.nullInputStream(),
                Optional.of(prompt -> left.isEmpty() ? Secret.NONE : Secret.of(left.pop())), arguments);
    }

    private static CommandLineRun start(InputStream in, Optional<Terminal> terminal, String... arguments) {
        return start(in, Map.of(), terminal, arguments);
    }

    private static CommandLineRun start(
            InputStream in, Map<String, String> environment, Optional<Terminal> terminal, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                new Shell(in, printing(out), printing(err), environment, terminal, new FakeClock(NOW), new Counting()), arguments);
        return new CommandLineRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream printing(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** 0, 1, 2, ...: whoever draws too few bytes, or none, is seen. */
    private static final class Counting extends SecureRandom {

        private static final long serialVersionUID = 1;

        private byte next;

        @Override
        public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = next++;
            }
        }
    }
}
