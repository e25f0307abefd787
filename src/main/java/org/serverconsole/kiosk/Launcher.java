package org.serverconsole.kiosk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.serverconsole.config.KioskConfig;

/** Starts a kiosk's programs: in a session of their own, as their user, with nothing of this JVM's environment. */
record Launcher(Programs programs, KioskUser user, KioskConfig config) {

    /** Below Guacamole, which serves others too. */
    private static final String NICE = "5";

    /**
     * Starts one, in the kiosk's folder, its standard error to a log there.
     *
     * @param environment beside what all have
     */
    Process start(KioskFolder folder, String log, Map<String, String> environment, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(List.of(programs.setsid().toString(), "nice", "-n", NICE));
        if (user.other().isPresent()) {
            UserPrincipal other = user.other().get();
            whole.addAll(List.of(programs.setpriv().toString(), "--reuid=" + other.getName(), "--regid=" + group(other),
                    "--clear-groups", "--inh-caps=-all", "--no-new-privs", "--"));
        }
        whole.addAll(List.of(programs.prlimit().toString(), "--core=0", "--data=" + ((long) config.memoryMegabytes() << 20), "--"));
        whole.addAll(command);
        ProcessBuilder process = new ProcessBuilder(whole).directory(folder.path().toFile())
                .redirectError(folder.path().resolve(log).toFile());
        process.environment().clear();
        process.environment().putAll(Map.of("PATH", folder.nothing() + ":/usr/local/bin:/usr/bin:/bin", "HOME", folder.path().toString(),
                "TMPDIR", folder.path().toString(), "LANG", "C.UTF-8", folder.variable(), folder.path().toString()));
        process.environment().putAll(environment);
        return process.start();
    }

    /** That of the user, by number, since a name may be any. */
    private static String group(UserPrincipal user) throws IOException {
        Process id = new ProcessBuilder("id", "-g", user.getName()).start();
        return new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
}
