package org.serverconsole.fake;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.serverconsole.config.Secret;
import org.serverconsole.inventory.Server;

/**
 * A BMC whose console is a page, and how the inventory has it.
 *
 * @param type of its adapter
 * @param sessions how many sessions are left at it
 */
public record PageVendor(String type, FakeConsoleSite site, IntSupplier sessions, String password) {

    private static final String STEPS = "go /login; fill #user {username}; fill #secret {password}; click #in; wait canvas; show #screen";

    /** How one is started. */
    @FunctionalInterface
    public interface Start {
        PageVendor with(Certificate certificate);
    }

    public static PageVendor cimc(Certificate certificate) {
        FakeCimc fake = FakeCimc.start(certificate);
        return new PageVendor("cimc", fake, fake::sessions, fake.password());
    }

    public static PageVendor ilo(Certificate certificate) {
        FakeIlo fake = FakeIlo.start(certificate);
        return new PageVendor("ilo", fake, fake::sessions, fake.password());
    }

    public static PageVendor xcc(Certificate certificate) {
        FakeXcc fake = FakeXcc.start(certificate);
        return new PageVendor("xcc", fake, fake::sessions, fake.password());
    }

    public static PageVendor idrac(Certificate certificate) {
        FakeIdracPage fake = FakeIdracPage.start(certificate, false);
        return new PageVendor("idrac", fake, fake::sessions, fake.password());
    }

    public static PageVendor newerIdrac(Certificate certificate) {
        FakeIdracPage fake = FakeIdracPage.start(certificate, true);
        return new PageVendor("idrac", fake, fake::sessions, fake.password());
    }

    public static PageVendor supermicroX10(Certificate certificate) {
        FakeSupermicro fake = FakeSupermicro.start(certificate, FakeSupermicro.Firmware.X10);
        return new PageVendor("supermicro", fake, fake::sessions, fake.password());
    }

    public static PageVendor supermicroX12(Certificate certificate) {
        FakeSupermicro fake = FakeSupermicro.start(certificate, FakeSupermicro.Firmware.X12);
        return new PageVendor("supermicro", fake, fake::sessions, fake.password());
    }

    /** One that the type {@code kiosk} is for; its logins are its own affair. */
    public static PageVendor any(Certificate certificate) {
        FakeLoginPage fake = FakeLoginPage.start(certificate);
        return new PageVendor("kiosk", fake, fake::viewers, fake.password());
    }

    /** All but its password. */
    public Map<String, String> options() {
        return Map.of("ip", "127.0.0.1", "ipport", Integer.toString(site.port()), "username", "console", "timeout", "60",
                "steps", STEPS, "mode", "html5", "tls", "sha256:" + site.certificate().fingerprint());
    }

    /** As the inventory's file has it. */
    public Map<String, Object> entry() {
        Map<String, Object> entry = new HashMap<>(options());
        entry.putAll(Map.of("type", type, "password", password));
        return entry;
    }

    public Server server() {
        return server(password);
    }

    public Server server(String withPassword) {
        return new Server("50000", "50000", type, Secret.NONE, Secret.of(withPassword), options());
    }
}
