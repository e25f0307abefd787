package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What all test classes share, since it takes seconds to start: a browser, and one house for each host. */
final class Shared implements AutoCloseable {

    private final Map<Host, House> houses = new EnumMap<>(Host.class);
    private Chromium chromium;

    /** Gives {@link Shared} to constructors that ask for it, and has its customers leave after each test. */
    static final class Extension implements ParameterResolver, AfterEachCallback {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Shared.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return of(context);
        }

        @Override
        public void afterEach(ExtensionContext context) throws IOException {
            of(context).everybodyLeaves();
        }

        private static Shared of(ExtensionContext context) {
            return context.getRoot().getStore(ExtensionContext.Namespace.create(Shared.class))
                    .getOrComputeIfAbsent(Shared.class, ignored -> new Shared(), Shared.class);
        }
    }

    /** The house whose settings are the defaults; the test is skipped where this machine lacks its host. */
    House house(Host host) throws Exception {
        House house = houses.get(host);
        if (house == null) {
            house = House.start(host, Map.of());
            houses.put(host, house);
        }
        return house;
    }

    Chromium chromium() {
        if (chromium == null) {
            chromium = new Chromium();
        }
        return chromium;
    }

    private void everybodyLeaves() throws IOException {
        if (chromium != null) {
            chromium.leave();
        }
        for (House house : houses.values()) {
            assertThat(house.leaked()).as("secrets in the log").isEmpty();
        }
    }

    @Override
    public void close() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
        for (House house : houses.values()) {
            house.close();
        }
    }
}
