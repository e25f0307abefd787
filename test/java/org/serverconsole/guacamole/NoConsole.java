package org.serverconsole.guacamole;

import java.util.Optional;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.ConsoleAdapter;
import org.serverconsole.adapter.ConsoleStream;
import org.serverconsole.adapter.Opening;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/** A vendor whose machines are all off. */
final class NoConsole implements ConsoleAdapter {

    @Override
    public String type() {
        return "scripted";
    }

    @Override
    public Optional<ServerRule.Problem> check(Server server) {
        return Optional.empty();
    }

    @Override
    public void start(AdapterEnvironment environment) {
        // Needs nothing.
    }

    @Override
    public ConsoleStream open(Server server, Opening opening) throws AdapterException {
        throw new AdapterException(AdapterException.Kind.POWERED_OFF, "off");
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
