package org.serverconsole.endtoend;

import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.List;

/** Guacamole's own application. */
record GuacamolesPage(Page tab, URI guacamole) implements ConsolePage {

    @Override
    public String authToken() {
        return (String) tab.evaluate("JSON.parse(localStorage.getItem('GUAC_AUTH_TOKEN'))");
    }

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

    /** A dialog over the display says so, or the login form where there is no session any more. */
    @Override
    public void awaitNoConsole() {
        tab.waitForFunction("""
                () => document.querySelector('guac-modal .notification.error') || [...document.querySelectorAll('.login-ui')]
                    .some(login => !login.querySelector('.login-fields input') && login.querySelector('.login-form > p').textContent)""");
    }

    @Override
    public boolean offersToGoOn() {
        return tab.locator(".login-ui .buttons").isVisible() || tab.locator("guac-modal .buttons").isVisible();
    }

    @Override
    public String text() {
        return tab.locator("body").innerText();
    }
}
