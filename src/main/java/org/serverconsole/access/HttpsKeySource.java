package org.serverconsole.access;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.serverconsole.config.Secret;
import org.serverconsole.https.PanelHttps;

/** The panel's keys over HTTPS. They are public, so no key of ours is shown for them. */
final class HttpsKeySource implements KeySource {

    private static final String KEY_SET = "application/jwk-set+json, application/json";

    private final PanelHttps panel;
    private final URI url;

    HttpsKeySource(PanelHttps panel, URI url) {
        this.panel = panel;
        this.url = url;
    }

    @Override
    public CompletableFuture<String> read() {
        return panel.get(url, KEY_SET, Secret.NONE).thenApply(answer -> {
            try {
                return answer.good();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
    }
}
