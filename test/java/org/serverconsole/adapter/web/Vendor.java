package org.serverconsole.adapter.web;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.IntSupplier;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Certificate;
import org.serverconsole.fake.FakeCimc;
import org.serverconsole.fake.FakeConsoleSite;
import org.serverconsole.fake.FakeIdracPage;
import org.serverconsole.fake.FakeIlo;
import org.serverconsole.fake.FakeLoginPage;
import org.serverconsole.fake.FakeSupermicro;
import org.serverconsole.fake.FakeXcc;
import org.serverconsole.inventory.Server;

/** A vendor's fake and its adapter. */
record Vendor(String name, ConsoleAdapter adapter, FakeConsoleSite site, IntSupplier sessions, String password) {

    private static final String STEPS = "go /login; fill #user {username}; fill #secret {password}; click #in; wait canvas; show #screen";

    /** How one is started. */
    @FunctionalInterface
    interface Start {
        Vendor with(Certificate certificate);
    }

    static Vendor cimc(Certificate certificate) {
        FakeCimc fake = FakeCimc.start(certificate);
        return new Vendor("cimc", adapter("cimc"), fake, fake::sessions, fake.password());
    }

    static Vendor ilo(Certificate certificate) {
        FakeIlo fake = FakeIlo.start(certificate);
        return new Vendor("ilo", adapter("ilo"), fake, fake::sessions, fake.password());
    }

    static Vendor xcc(Certificate certificate) {
        FakeXcc fake = FakeXcc.start(certificate);
        return new Vendor("xcc", adapter("xcc"), fake, fake::sessions, fake.password());
    }

    static Vendor idrac(Certificate certificate) {
        FakeIdracPage fake = FakeIdracPage.start(certificate, false);
        return new Vendor("idrac", adapter("idrac"), fake, fake::sessions, fake.password());
    }

    static Vendor newerIdrac(Certificate certificate) {
        FakeIdracPage fake = FakeIdracPage.start(certificate, true);
        return new Vendor("idrac", adapter("idrac"), fake, fake::sessions, fake.password());
    }

    static Vendor any(Certificate certificate) {
        FakeLoginPage fake = FakeLoginPage.start(certificate);
        return new Vendor("kiosk", adapter("kiosk"), fake, fake::viewers, fake.password());
    }

    static Vendor supermicroX10(Certificate certificate) {
        FakeSupermicro fake = FakeSupermicro.start(certificate, FakeSupermicro.Firmware.X10);
        return new Vendor("supermicro", adapter("supermicro"), fake, fake::sessions, fake.password());
    }

    /** Found as the house finds it. */
    static ConsoleAdapter adapter(String type) {
        for (ConsoleAdapter adapter : ServiceLoader.load(ConsoleAdapter.class)) {
            if (adapter.type().equals(type)) {
                return adapter;
            }
        }
        throw new IllegalArgumentException("no adapter " + type);
    }

    Server server() {
        return server(password);
    }

    Server server(String withPassword) {
        return new Server("50000", "50000", name, Secret.NONE, Secret.of(withPassword), Map.of("ip", "127.0.0.1",
                "ipport", Integer.toString(site.port()), "username", "console", "timeout", "30", "steps", STEPS, "mode", "html5"));
    }
}
