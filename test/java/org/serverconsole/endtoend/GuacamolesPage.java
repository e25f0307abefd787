package org.serverconsole.endtoend;

import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.List;

/** Guacamole's own application. */
record GuacamolesPage(Page tab, URI guacamole) implements ConsolePage {

    @Override
    public void open(Link link) {
        tab.navigate(guacamole + "#/?" + link.parameters());
    }

    @Override
    public void awaitPinPrompt() {
        tab.waitForFunction("""
                () => {
                  const fields = [...document.querySelectorAll('.login-ui .login-fields input')];
                  return fields.length === 1 && fields[0].type === 'password' && fields[0].offsetParent;
                }""");
    }

    @Override
    public void enterPin(String pin) {
        tab.locator(".login-ui .login-fields input").fill(pin);
        tab.locator(".login-ui .login-fields input").press("Enter");
    }

    @Override
    public void awaitPicture(List<Integer> colour) {
        Pixels.await(tab, ".display canvas", colour);
    }

    @Override
    public void awaitNoConsole() {
        tab.waitForSelector("guac-modal .notification.error, .login-ui .login-error, .login-ui .help-text");
    }

    @Override
    public String text() {
        return tab.locator("body").innerText();
    }
}
