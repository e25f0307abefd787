package org.serverconsole;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.serverconsole.fake.VendorSecrets;
import org.slf4j.LoggerFactory;

/**
 * Looks at every test, without being asked: whether a vendor's secret is in anything logged at TRACE, exceptions included, or in the
 * command line of a process that the test has started.
 */
public final class SecretsWatch implements BeforeAllCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(SecretsWatch.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        watch(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(watch(context).leaks()).as("logged, with a vendor's secret in it").isEmpty();
        assertThat(ProcessHandle.current().descendants().map(ProcessHandle::info).map(ProcessHandle.Info::commandLine)
                .flatMap(Optional::stream).filter(line -> VendorSecrets.in(line).isPresent()))
                .as("process with a vendor's secret in its command line").isEmpty();
    }

    /** One for all tests. */
    private static Watch watch(ExtensionContext context) {
        return context.getRoot().getStore(HERE).getOrComputeIfAbsent(Watch.class, type -> new Watch(), Watch.class);
    }

    private static final class Watch extends AppenderBase<ILoggingEvent> {

        private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

        Watch() {
            LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
            setContext(context);
            start();
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            root.addAppender(this);
            // What the console shows is filtered there.
            root.setLevel(Level.TRACE);
        }

        @Override
        protected void append(ILoggingEvent event) {
            String text = event.getFormattedMessage() + Optional.ofNullable(event.getThrowableProxy())
                    .map(failure -> "\n" + ThrowableProxyUtil.asString(failure)).orElse("");
            VendorSecrets.in(text).ifPresent(secret -> leaks.add(event.getLoggerName() + ": " + text));
        }

        /** Those since this was last asked. */
        List<String> leaks() {
            List<String> found = List.copyOf(leaks);
            leaks.removeAll(found);
            return found;
        }
    }
}
