package org.serverconsole.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The machine's end of a BMC's serial line with a real shell on it: a TCP port of 127.0.0.1, each connection to which is a
 * terminal of 80 by 24 (util-linux's {@code script} makes it). Where the shell exits, another one begins, as {@code getty} does.
 */
public final class SerialShell implements AutoCloseable {

    private static final String SHELL = "stty rows 24 cols 80; exec bash --norc --noprofile -i";

    private final ServerSocket listener;
    private final Path home;
    private final String prompt;
    private final Set<Process> shells = ConcurrentHashMap.newKeySet();
    private final Set<Socket> lines = ConcurrentHashMap.newKeySet();

    private SerialShell(ServerSocket listener, Path home, String prompt) {
        this.listener = listener;
        this.home = home;
        this.prompt = prompt;
    }

    /**
     * @param home where the shell starts; must exist
     * @param prompt what it prompts with
     */
    public static SerialShell listen(Path home, String prompt) throws IOException {
        SerialShell shell = new SerialShell(new ServerSocket(0, 4, InetAddress.getLoopbackAddress()), home, prompt);
        run("serial shell", shell::accept);
        return shell;
    }

    /** Where a BMC connects to. */
    public int port() {
        return listener.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Until either end is closed, which ends it without another word. */
    private static Thread run(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // Hung up: by the BMC, the shell or the test.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() throws IOException {
        while (true) {
            Socket line = listener.accept();
            lines.add(line);
            run("serial line", () -> serve(line));
        }
    }

    private void serve(Socket line) throws IOException {
        try (line) {
            // One thread reads the line for all shells in turn: what is typed between two of them is for the next.
            InputStream typed = line.getInputStream();
            Thread typing = null;
            Shell current = new Shell();
            while (!listener.isClosed()) {
                Process shell = start();
                current.in = shell.getOutputStream();
                if (typing == null) {
                    typing = run("typing", () -> current.type(typed));
                }
                shell.getInputStream().transferTo(line.getOutputStream());
                shells.remove(shell);
            }
        } finally {
            lines.remove(line);
        }
    }

    private static final class Shell {

        private volatile OutputStream in = OutputStream.nullOutputStream();

        void type(InputStream typed) throws IOException {
            byte[] buffer = new byte[1024];
            for (int count = typed.read(buffer); count >= 0; count = typed.read(buffer)) {
                in.write(buffer, 0, count);
                in.flush();
            }
            in.close();
        }
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("script", "-qefc", SHELL, "/dev/null")
                .directory(home.toFile()).redirectErrorStream(true);
        builder.environment().put("TERM", "vt100");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("PS1", prompt);
        // It runs the line above, and unlike bash leaves the prompt to the shell that follows.
        builder.environment().put("SHELL", "/bin/sh");
        Process shell = builder.start();
        shells.add(shell);
        if (listener.isClosed()) {
            end(shell);
        }
        return shell;
    }

    private static void end(Process shell) {
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket line : lines) {
            line.close();
        }
        shells.forEach(SerialShell::end);
    }
}
