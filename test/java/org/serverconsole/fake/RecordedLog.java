package org.serverconsole.fake;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** All that is logged at TRACE until it is closed, with every exception's text: to slf4j, and of one name to java.util.logging. */
public final class RecordedLog implements AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final ch.qos.logback.classic.Logger root =
            ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final Logger other;
    private final ListAppender<ILoggingEvent> appender;
    private final Handler handler;

    public RecordedLog(String javaUtilLogger) {
        other = Logger.getLogger(javaUtilLogger);
        appender = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage() + " "
                        + Optional.ofNullable(event.getThrowableProxy()).map(ThrowableProxyUtil::asString).orElse(""));
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
        other.setLevel(java.util.logging.Level.ALL);
        other.addHandler(handler);
    }

    /** What has been logged so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        root.setLevel(before);
        other.removeHandler(handler);
        other.setLevel(null);
    }
}
