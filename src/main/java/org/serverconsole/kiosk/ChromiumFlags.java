package org.serverconsole.kiosk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What Chromium is told on its command line, which anybody on the machine may read. */
final class ChromiumFlags {

    /** Nothing of its own, nothing to save, nothing to ask. */
    private static final List<String> QUIET = List.of(
            "--no-first-run", "--no-default-browser-check", "--disable-default-apps", "--disable-sync", "--disable-extensions",
            "--disable-component-update", "--disable-background-networking", "--disable-client-side-phishing-detection",
            "--disable-domain-reliability", "--disable-breakpad", "--disable-crash-reporter", "--disable-print-preview",
            "--disable-notifications", "--disable-session-crashed-bubble", "--deny-permission-prompts",
            "--noerrdialogs", "--password-store=basic", "--mute-audio", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,DialMediaRouteProvider",
            "--js-flags=--max-old-space-size=256");

    /** No way past the proxy: not for this machine's own addresses, not by names, not over UDP. */
    private static final List<String> CONFINED = List.of(
            "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--disable-quic", "--dns-prefetch-disable", "--no-pings",
            "--force-webrtc-ip-handling-policy", "--webrtc-ip-handling-policy=disable_non_proxied_udp");

    private ChromiumFlags() { }

    /**
     * All of them.
     *
     * @param gate port of the proxy
     * @param pin of the key that the gate shows
     */
    static List<String> of(Path profile, int gate, String pin, boolean sandbox) {
        List<String> flags = new ArrayList<>(List.of("--user-data-dir=" + profile, "--remote-debugging-pipe", "--kiosk",
                "--app=about:blank", "--window-position=0,0", "--window-size=1025,769",
                "--proxy-server=http://127.0.0.1:" + gate, "--ignore-certificate-errors-spki-list=" + pin));
        flags.addAll(QUIET);
        flags.addAll(CONFINED);
        if (!sandbox) {
            flags.addAll(List.of("--no-sandbox", "--test-type"));
        }
        return flags;
    }
}
