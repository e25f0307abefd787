package org.serverconsole.fake;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A BMC of no name, whose login is a form that is only ready after a while. */
public final class FakeLoginPage extends FakeConsoleSite {

    private final String password = "pw-" + UUID.randomUUID();
    private final AtomicInteger logins = new AtomicInteger();

    private FakeLoginPage(Certificate certificate) {
        super(certificate, 0);
    }

    public static FakeLoginPage start(Certificate certificate) {
        return new FakeLoginPage(certificate);
    }

    public String password() {
        return password;
    }

    public int logins() {
        return logins.get();
    }

    @Override
    protected Optional<Answer> answer(Request request) {
        return switch (request.path()) {
            case "/login" -> Optional.of(Answer.html("""
                    <form method="post" action="/enter"><input id="user" name="u"><input id="secret" name="p" type="password">
                    <button id="in" disabled>in</button></form><script>
                    document.querySelector('#secret').oninput = e => document.querySelector('#in').disabled = !e.target.value;
                    </script>"""));
            case "/enter" -> Optional.of(enter(request.body()));
            case "/viewer" -> Optional.of(isLoggedIn(request) ? consolePage("screen") : Answer.html("log in"));
            default -> Optional.empty();
        };
    }

    private Answer enter(String form) {
        if (!form.equals("u=console&p=" + password)) {
            return Answer.html("wrong");
        }
        logins.incrementAndGet();
        return new Answer(302, "text/html", "", Map.of("Location", "/viewer", "Set-Cookie", "id=" + password.hashCode() + "; secure"));
    }

    private boolean isLoggedIn(Request request) {
        return request.cookies().getOrDefault("id", "").equals(Integer.toString(password.hashCode()));
    }

    @Override
    protected boolean mayWatch(Request request) {
        return isLoggedIn(request);
    }
}
