package org.serverconsole.kiosk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.kiosk.KioskException.Reason;

class ProgramsTest {

    @TempDir
    Path folder;

    private void install(String program) throws Exception {
        assertThat(Files.createFile(folder.resolve(program)).toFile().setExecutable(true)).isTrue();
    }

    @Test
    void theFirstThatIsMissingIsToldWithItsPackage() throws Exception {
        KioskException nothing = catchThrowableOfType(KioskException.class, () -> Programs.find(folder.toString()));
        install("Xvnc");
        KioskException noBrowser = catchThrowableOfType(KioskException.class, () -> Programs.find(folder.toString()));

        assertThat(nothing.reason()).isEqualTo(Reason.UNSUPPORTED);
        assertThat(nothing).hasMessageContaining("install the package tigervnc-standalone-server");
        assertThat(noBrowser).hasMessageContaining("install the package chromium");
    }

    @Test
    void aProgramMayHaveAnotherDistributionsName() throws Exception {
        for (String program : new String[] {"Xvnc", "google-chrome", "setsid", "setpriv", "prlimit"}) {
            install(program);
        }

        Programs found = Programs.find("/nowhere:" + folder);

        assertThat(found.chromium()).isEqualTo(folder.resolve("google-chrome"));
    }
}
