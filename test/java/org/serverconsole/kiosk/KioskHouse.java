package org.serverconsole.kiosk;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.OpenConsoleSite;
import org.serverconsole.rfb.RfbConnector;
import org.serverconsole.rfb.TlsTrust;

/** Kiosks, and a site to show in them. */
final class KioskHouse implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(40);

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final OpenConsoleSite site;
    private final Kiosks kiosks;

    KioskHouse(Path folder, int most, int warm) throws IOException {
        this(folder, config(most, warm));
    }

    KioskHouse(Path folder, KioskConfig config) throws IOException {
        site = OpenConsoleSite.start(Certificate.make(folder));
        kiosks = Kiosks.start(config, RfbConnector.on(group), group, new SecureRandom());
    }

    /** As root, which tests may run as, it needs a user of its own. */
    static KioskConfig config(int most, int warm) {
        Optional<String> user = System.getProperty("user.name").equals("root") ? Optional.of("nobody") : Optional.empty();
        return new KioskConfig(user, true, most, warm, 2048);
    }

    OpenConsoleSite site() {
        return site;
    }

    Kiosks kiosks() {
        return kiosks;
    }

    Site allowed() throws IOException {
        return new Site("127.0.0.1", site.port(), new TlsTrust(site.certificate().trusting(), true));
    }

    Kiosk open() throws IOException, KioskException, InterruptedException {
        return open(page -> {
            page.go("/console.html");
            page.show("#kvm");
        });
    }

    Kiosk open(Scene scene) throws IOException, KioskException, InterruptedException {
        return kiosks.open(allowed(), scene, PATIENCE);
    }

    @Override
    public void close() {
        kiosks.close();
        site.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
}
