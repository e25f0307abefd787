package org.serverconsole.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An extension that admits ann, whose password is {@code right}. */
public final class StandInJar {

    /** Its manifest, and that of variants which a host must refuse. */
    static final String MANIFEST = """
            {"guacamoleVersion": "1.6.0", "name": "Stand-in", "namespace": "standin",
             "authProviders": ["org.serverconsole.host.StandInProvider"], "resources": {"page.html": "text/html"}}
            """;

    private StandInJar() { }

    public static void write(Path file) throws IOException {
        write(file, MANIFEST);
    }

    static void write(Path file, String manifest) throws IOException {
        try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> text : Map.of("guac-manifest.json", manifest, "page.html", "<p>page</p>").entrySet()) {
                zip.putNextEntry(new ZipEntry(text.getKey()));
                zip.write(text.getValue().getBytes(StandardCharsets.UTF_8));
            }
            for (Class<?> type : StandInProvider.class.getNestMembers()) {
                String name = type.getName().replace('.', '/') + ".class";
                zip.putNextEntry(new ZipEntry(name));
                try (InputStream bytes = StandInJar.class.getResourceAsStream("/" + name)) {
                    bytes.transferTo(zip);
                }
            }
        }
    }
}
