package org.serverconsole.kiosk;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import org.serverconsole.config.KioskConfig;
import org.serverconsole.kiosk.KioskException.Reason;

/**
 * Whom a kiosk's programs run as. Chromium's sandbox refuses to run as root, and what runs there is what a BMC sends.
 *
 * @param other another than this JVM's
 * @param sandbox whether Chromium's sandbox is on
 */
record KioskUser(Optional<UserPrincipal> other, boolean sandbox) {

    private static final Path SELF = Path.of("/proc/self");
    private static final String USER = "console-kiosk-user";

    static KioskUser of(KioskConfig config) throws KioskException {
        boolean root = uid(SELF) == 0;
        if (config.user().isPresent() && root) {
            return new KioskUser(Optional.of(principal(config.user().get())), config.sandbox());
        }
        if (config.user().isPresent() && !owner(SELF).equals(config.user().get())) {
            throw new KioskException(Reason.UNSUPPORTED, USER + ": Guacamole runs as " + owner(SELF)
                    + " and cannot become " + config.user().get() + ": leave it out, or run it as root");
        }
        if (root && config.sandbox()) {
            throw new KioskException(Reason.UNSUPPORTED, USER + " is not set: a browser is not run as root; write the name of a"
                    + " user that owns nothing, such as nobody (or, against all advice, console-kiosk-no-sandbox: true)");
        }
        return new KioskUser(Optional.empty(), config.sandbox());
    }

    private static UserPrincipal principal(String name) throws KioskException {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
        } catch (IOException e) {
            throw new KioskException(Reason.UNSUPPORTED, USER + ": there is no user \"" + name + "\" here", e);
        }
    }

    private static int uid(Path file) throws KioskException {
        try {
            return (Integer) Files.getAttribute(file, "unix:uid");
        } catch (IOException e) {
            throw new KioskException(Reason.UNSUPPORTED, "kiosks need Linux: " + file + " cannot be read", e);
        }
    }

    private static String owner(Path file) throws KioskException {
        try {
            return Files.getOwner(file).getName();
        } catch (IOException e) {
            throw new KioskException(Reason.UNSUPPORTED, "kiosks need Linux: " + file + " cannot be read", e);
        }
    }

    /** Has a file or folder belong to them. */
    void give(Path file) throws IOException {
        if (other.isPresent()) {
            Files.setOwner(file, other.get());
        }
    }
}
