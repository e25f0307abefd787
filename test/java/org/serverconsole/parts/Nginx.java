package org.serverconsole.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.serverconsole.fake.Certificate;

/** A real nginx on a port of 127.0.0.1, with TLS. */
public final class Nginx implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(20);

    private final Process process;
    private final int port;

    private Nginx(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts one and waits until it serves.
     *
     * @param workDir where its files go; must exist
     * @param http what stands in its block {@code http} outside the server: formats of its logs
     * @param locations what stands in the server's block
     */
    public static Nginx start(Path workDir, Certificate certificate, String http, String locations)
            throws IOException, InterruptedException {
        int port = FreePort.find();
        Path configuration = Files.writeString(workDir.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                events { }
                http {
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    access_log off;
                    %2$s
                    server {
                        listen 127.0.0.1:%3$d ssl;
                        ssl_certificate %4$s;
                        ssl_certificate_key %5$s;
                        %6$s
                    }
                }
                """.formatted(workDir, http, port, certificate.own(), certificate.key(), locations));
        Path log = workDir.resolve("nginx.log");
        Process process = new ProcessBuilder("/usr/sbin/nginx", "-p", workDir.toString(), "-c", configuration.toString(), "-e", "stderr")
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            Awaitility.await().atMost(START).failFast(() -> !process.isAlive()).ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        new Socket(InetAddress.getLoopbackAddress(), port).close();
                        return true;
                    });
            return new Nginx(process, port);
        } catch (RuntimeException e) {
            process.destroyForcibly().waitFor();
            throw new IOException("nginx does not start: " + Files.readString(log), e);
        }
    }

    /** Ends in a slash. */
    public URI url() {
        return URI.create("https://127.0.0.1:" + port + "/");
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
