package org.serverconsole.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.serverconsole.https.PanelHttps;

/** Where the panel publishes its public keys. */
@FunctionalInterface
interface KeySource {

    /** In bytes: far more than any key set needs. */
    int LONGEST = PanelHttps.LONGEST;

    /**
     * The JSON Web Key Set as it is published now. The future completes in any case, and soon; with a message that quotes
     * neither URL nor content where it fails.
     */
    CompletableFuture<String> read();

    static KeySource file(Path file) {
        return () -> {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] content = in.readNBytes(LONGEST + 1);
                if (content.length > LONGEST) {
                    throw new IOException("more than " + LONGEST + " bytes");
                }
                return CompletableFuture.completedFuture(new String(content, StandardCharsets.UTF_8));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        };
    }
}
