package org.serverconsole.fake;

import java.util.Optional;

/** A Dell iDRAC as far as its HTML5 console goes: an account for one console, in the address of a page that firmware has moved. */
public final class FakeIdracPage extends FakeRedfishSite {

    private static final String ACTION = "DelliDRACCardService.GetKVMSession";

    private final boolean newer;

    private FakeIdracPage(Certificate certificate, boolean newer) {
        super(certificate, FakeAccounts.inSlots());
        this.newer = newer;
    }

    /** @param newer whether its page is where Dell's current script has it */
    public static FakeIdracPage start(Certificate certificate, boolean newer) {
        return new FakeIdracPage(certificate, newer);
    }

    @Override
    protected String sessionsPath() {
        return newer ? super.sessionsPath() : "/redfish/v1/Sessions";
    }

    @Override
    protected Optional<Answer> page(Request request) {
        String ticket = newer ? "tempPassword" : "VCSID2";
        return request.path().equals(newer ? "/console" : "/restgui/vconsole/index.html")
                ? Optional.of(Answer.html(consolePage("kvm").body().replace("location.search",
                        "'?' + new URLSearchParams(location.search).get('" + ticket + "')")))
                : request.path().startsWith("/redfish/") ? Optional.empty() : Optional.of(Answer.of(404, "text/html", "not here"));
    }

    @Override
    protected Optional<Answer> action(Request request, String ticket) {
        return request.path().startsWith(newer ? "/redfish/v1/Managers/" : "/redfish/v1/Dell/") && request.path().endsWith(ACTION)
                ? Optional.of(Answer.of(200, "application/json",
                        "{\"TempUsername\":\"user-" + ticket + "\",\"TempPassword\":\"" + ticket + "\"}"))
                : Optional.empty();
    }
}
