package org.serverconsole.adapter.ovirt;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An engine's file for virt-viewer, cut down to what opens the one console. The engine's own has a section {@code [ovirt]}
 * with a token of the account that asked, which is ours and may open every machine: that one never leaves.
 */
final class ViewerFile {

    private static final Pattern SECTION = Pattern.compile("\\s*\\[(.*)]\\s*");
    private static final Pattern SETTING = Pattern.compile("\\s*([A-Za-z-]+)\\s*=.*");
    private static final String OWN = "virt-viewer";

    /** What virt-viewer needs for the console itself, by its manual. */
    private static final Set<String> KEPT = Set.of("type", "host", "port", "tls-port", "password", "delete-this-file", "title",
            "ca", "tls-ciphers", "host-subject", "secure-channels", "fullscreen", "toggle-fullscreen", "release-cursor",
            "secure-attention", "enable-smartcard", "enable-usb-autoshare", "usb-filter", "color-depth", "version");

    private ViewerFile() { }

    static String stripped(String file) {
        StringBuilder section = new StringBuilder();
        String settings = file.lines().filter(line -> {
            Matcher begin = SECTION.matcher(line);
            if (begin.matches()) {
                section.setLength(0);
                section.append(begin.group(1));
                return false;
            }
            Matcher setting = SETTING.matcher(line);
            return section.toString().equals(OWN) && setting.matches() && KEPT.contains(setting.group(1));
        }).collect(Collectors.joining("\n", "", "\n"));
        return "[" + OWN + "]\n" + settings;
    }
}
