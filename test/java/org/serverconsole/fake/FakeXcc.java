package org.serverconsole.fake;

import java.util.Optional;

/** A Lenovo XCC as far as its console goes: a token of Redfish's, good once, in the fragment of its page's address. */
public final class FakeXcc extends FakeRedfishSite {

    private FakeXcc(Certificate certificate) {
        super(certificate, FakeAccounts.posted());
    }

    public static FakeXcc start(Certificate certificate) {
        return new FakeXcc(certificate);
    }

    @Override
    protected Optional<Answer> page(Request request) {
        return request.path().equals("/") ? Optional.of(Answer.html(consolePage("remote").body().replace("location.search",
                "'?' + location.hash.replace(/^#.login.([^&]*)&context=remote&mode=multi$/, '$1')"))) : Optional.empty();
    }

    @Override
    protected Optional<Answer> action(Request request, String ticket) {
        return request.path().endsWith("/LenovoRemoteControlService.GetRemoteConsoleToken")
                ? Optional.of(Answer.of(200, "application/json", "{\"Token\":\"" + ticket + "\"}")) : Optional.empty();
    }
}
