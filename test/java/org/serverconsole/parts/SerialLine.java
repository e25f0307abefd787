package org.serverconsole.parts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The machine's end of a BMC's serial line, for tests that play the machine: a TCP port that takes one connection. */
public final class SerialLine implements AutoCloseable {

    private final ServerSocket listener;
    private final CompletableFuture<Socket> line = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    private SerialLine(ServerSocket listener) {
        this.listener = listener;
    }

    public static SerialLine listen() throws IOException {
        SerialLine serial = new SerialLine(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        Thread thread = new Thread(serial::read, "serial line");
        thread.setDaemon(true);
        thread.start();
        return serial;
    }

    private void read() {
        try (Socket accepted = listener.accept(); InputStream in = accepted.getInputStream()) {
            line.complete(accepted);
            byte[] buffer = new byte[8192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                synchronized (received) {
                    received.write(buffer, 0, count);
                }
            }
        } catch (IOException e) {
            line.completeExceptionally(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** What has been typed. */
    public byte[] received() {
        synchronized (received) {
            return received.toByteArray();
        }
    }

    /** Prints something; waits until the BMC is connected. */
    public void print(byte[] bytes) throws IOException {
        try {
            line.get(10, TimeUnit.SECONDS).getOutputStream().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no BMC is connected", e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (line.isDone() && !line.isCompletedExceptionally()) {
            line.join().close();
        }
    }
}
