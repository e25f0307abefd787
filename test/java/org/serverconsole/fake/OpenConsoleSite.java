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

    /** A page of HTML, or a script; one that begins with {@code redirect:} leads elsewhere, with {@code attachment:} is saved. */
    public void page(String path, String html) {
        pages.put(path, html);
    }

    @Override
    protected Optional<Answer> answer(Request request) {
        if (request.path().equals("/console.html")) {
            return Optional.of(consolePage("kvm"));
        }
        return Optional.ofNullable(pages.get(request.path())).map(text -> answer(request.path(), text));
    }

    private static Answer answer(String path, String text) {
        if (text.startsWith("redirect:")) {
            return new Answer(302, "text/html", "", Map.of("Location", text.substring("redirect:".length())));
        }
        if (text.startsWith("attachment:")) {
            return new Answer(200, "application/octet-stream", text, Map.of("Content-Disposition", "attachment; filename=file.bin"));
        }
        return path.endsWith(".js") ? Answer.of(200, "text/javascript", text) : Answer.html(text);
    }

    @Override
    protected boolean mayWatch(Request request) {
        return true;
    }
}
