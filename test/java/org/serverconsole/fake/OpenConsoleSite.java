package org.serverconsole.fake;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A site that shows its console to anybody, and whatever other pages a test gives it. */
public final class OpenConsoleSite extends FakeConsoleSite {

    private final Map<String, String> pages = new ConcurrentHashMap<>();

    private OpenConsoleSite(Certificate certificate) {
        super(certificate, 0);
    }

    public static OpenConsoleSite start(Certificate certificate) {
        return new OpenConsoleSite(certificate);
    }

    /** A page of HTML; one that begins with {@code redirect:} leads elsewhere. */
    public void page(String path, String html) {
        pages.put(path, html);
    }

    @Override
    protected Optional<Answer> answer(Request request) {
        if (request.path().equals("/console.html")) {
            return Optional.of(consolePage("kvm"));
        }
        return Optional.ofNullable(pages.get(request.path())).map(html -> html.startsWith("redirect:")
                ? new Answer(302, "text/html", "", Map.of("Location", html.substring("redirect:".length()))) : Answer.html(html));
    }

    @Override
    protected boolean mayWatch(Request request) {
        return true;
    }
}
