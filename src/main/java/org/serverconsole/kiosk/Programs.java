package org.serverconsole.kiosk;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.serverconsole.kiosk.KioskException.Reason;

/** The programs that a kiosk is made of. */
record Programs(Path xvnc, Path chromium, Path setsid, Path setpriv, Path prlimit) {

    /**
     * Looks for all of them.
     *
     * @param path folders as the variable {@code PATH} has them
     * @throws KioskException {@code UNSUPPORTED}, naming the package that is missing
     */
    static Programs find(String path) throws KioskException {
        return new Programs(
                find(path, "tigervnc-standalone-server", "Xtigervnc", "Xvnc"),
                find(path, "chromium", "chromium", "chromium-browser", "google-chrome"),
                find(path, "util-linux", "setsid"),
                find(path, "util-linux", "setpriv"),
                find(path, "util-linux", "prlimit"));
    }

    private static Path find(String path, String debianPackage, String... names) throws KioskException {
        List<Path> folders = Arrays.stream(path.split(File.pathSeparator)).filter(folder -> !folder.isEmpty()).map(Path::of).toList();
        for (String name : names) {
            Optional<Path> found = folders.stream().map(folder -> folder.resolve(name)).filter(Files::isExecutable).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new KioskException(Reason.UNSUPPORTED, "consoles of this type need the program " + names[0]
                + ", which is not here: install the package " + debianPackage);
    }
}
