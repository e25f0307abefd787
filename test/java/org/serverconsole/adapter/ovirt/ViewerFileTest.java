package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ViewerFileTest extends OvirtFixture {

    @Test
    void onlyWhatOpensTheOneConsoleIsHandedOut() {
        assertThat(ViewerFile.stripped("[virt-viewer]\ntype=vnc\nhost = 10.0.0.5\nport=5901\npassword=secret\nsso-token=x\n"
                + "newer-version-url=http://elsewhere/\n\n[ovirt]\nhost=engine.example:443\nsso-token=t0ken\nadmin=1\n"
                + "[virt-viewer]\ntitle=web-14494\n"))
                .isEqualTo("[virt-viewer]\ntype=vnc\nhost = 10.0.0.5\nport=5901\npassword=secret\ntitle=web-14494\n");
    }

    @Test
    void aFileWithoutItsSectionIsEmpty() {
        assertThat(ViewerFile.stripped("sso-token=t0ken\n[ovirt]\nhost=engine\n")).isEqualTo("[virt-viewer]\n\n");
    }

    @Test
    void theEnginesFileHoldsTheMachinesNewTicketAndNoTokenOfOurs() throws Exception {
        String file = adapter.viewerFile(server()).reveal();

        assertThat(file).startsWith("[virt-viewer]\ntype=vnc\nhost=" + CONSOLE.getHostString() + "\nport=" + CONSOLE.getPort()
                + "\npassword=" + vm.ticket().orElseThrow().value()).doesNotContain("sso-token", "[ovirt]");
    }
}
