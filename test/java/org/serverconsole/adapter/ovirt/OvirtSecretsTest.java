package org.serverconsole.adapter.ovirt;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OvirtSecretsTest extends OvirtFixture {

    @Test
    void noSecretIsLoggedAtTrace() throws Exception {
        String secret = "not-the-password";
        List<String> logged = new CopyOnWriteArrayList<>();
        try (Recording recording = new Recording(logged)) {
            vm.address("0");
            adapter.open(server(), opening);
            engine.forgetTokens();
            rfb.refusals = 1;
            adapter.open(server(), opening);
            vm.status("down");
            refusal(server());
            refusal(server("password", secret));
            vm.status("up");
            adapter.revoke(server(), Map.of("vm", VM, "console", "766e63"));
            adapter.close();
            LoggerFactory.getLogger("org.serverconsole.probe").trace("slf4j is recorded");
            Logger.getLogger("org.apache.http.wire").finest("java.util.logging is recorded");
        }

        assertThat(logged).anyMatch(line -> line.contains("slf4j is recorded"))
                .anyMatch(line -> line.contains("java.util.logging is recorded"))
                .anyMatch(line -> line.contains("logging in again"));
        assertThat(String.join("\n", logged)).doesNotContain(engine.secrets()).doesNotContain(secret);
    }

    /** All that is logged, to slf4j and to java.util.logging, where commons-logging would go by itself. */
    private static final class Recording implements AutoCloseable {

        private final ch.qos.logback.classic.Logger root =
                ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final Level before = root.getLevel();
        private final Logger http = Logger.getLogger("org.apache.http");
        private final ListAppender<ILoggingEvent> appender;
        private final Handler handler;

        Recording(List<String> lines) {
            appender = new ListAppender<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    lines.add(event.getFormattedMessage() + " " + Optional.ofNullable(event.getThrowableProxy())
                            .map(ch.qos.logback.classic.spi.ThrowableProxyUtil::asString).orElse(""));
                }
            };
            appender.start();
            root.setLevel(Level.TRACE);
            root.addAppender(appender);
            handler = new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(line.getMessage());
                }

                @Override
                public void flush() { }

                @Override
                public void close() { }
            };
            handler.setLevel(java.util.logging.Level.ALL);
            http.setLevel(java.util.logging.Level.ALL);
            http.addHandler(handler);
        }

        @Override
        public void close() {
            root.detachAppender(appender);
            root.setLevel(before);
            http.removeHandler(handler);
            http.setLevel(null);
        }
    }
}
