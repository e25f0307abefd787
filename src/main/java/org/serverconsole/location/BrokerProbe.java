package org.serverconsole.location;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.serverconsole.config.BrokerConfig;
import org.serverconsole.config.ConfigException;
import org.serverconsole.https.Authorities;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether the broker can be used as it is configured, and changes nothing there. */
public final class BrokerProbe implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(BrokerProbe.class);

    private static final int PATIENCE_MILLIS = 3000;

    /** Twice this without a word from the broker, and it is taken for gone. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(4);

    private final Connection connection;

    private BrokerProbe(Connection connection) {
        this.connection = connection;
    }

    /**
     * Logs in.
     *
     * @throws ConfigException naming the property that is the most likely to be wrong
     */
    public static BrokerProbe connect(BrokerConfig broker, Optional<Path> caFile) throws ConfigException {
        try {
            return new BrokerProbe(factory(broker, caFile).newConnection("guacamole-auth-console check"));
        } catch (PossibleAuthenticationFailureException e) {
            throw new ConfigException("console-broker-password: " + broker + " refuses it, or the user, or his right to the virtual"
                    + " host \"" + broker.virtualHost() + "\"; correct it, or let him in there", e);
        } catch (SSLException e) {
            throw new ConfigException("console-broker: " + broker + " shows a certificate that is not accepted (" + Link.why(e)
                    + "); write its authority into the file of console-ca-file, and its name or address into console-broker", e);
        } catch (IOException | TimeoutException e) {
            throw new ConfigException("console-broker: " + broker + " cannot be reached: " + Link.why(e), e);
        }
    }

    /** How many nodes of a location are there now. */
    public int nodes(String location) {
        // A queue that is not there costs the channel.
        try (Channel channel = connection.createChannel()) {
            return channel.queueDeclarePassive(Queues.ofLocation(location)).getConsumerCount();
        } catch (IOException | TimeoutException e) {
            return 0;
        }
    }

    static ConnectionFactory factory(BrokerConfig broker, Optional<Path> caFile) throws ConfigException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setVirtualHost(broker.virtualHost());
        factory.setUsername(broker.user());
        factory.setPassword(broker.password().reveal());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setRequestedHeartbeat((int) HEARTBEAT.toSeconds());
        factory.setConnectionTimeout(PATIENCE_MILLIS);
        factory.setHandshakeTimeout(PATIENCE_MILLIS);
        factory.setChannelRpcTimeout(PATIENCE_MILLIS);
        factory.setShutdownTimeout(PATIENCE_MILLIS);
        factory.setExceptionHandler(new DefaultExceptionHandler() {
            @Override
            protected void log(String message, Throwable e) {
                // What comes of it, and why, is told by whoever uses the connection.
                LOGGER.debug("{}: {}", message, Link.why(e));
            }
        });
        factory.setThreadFactory(Threads.named("console-broker-client"));
        if (broker.tls()) {
            factory.useSslProtocol(Authorities.context(caFile));
            factory.enableHostnameVerification();
        }
        return factory;
    }

    @Override
    public void close() {
        connection.abort(PATIENCE_MILLIS);
    }
}
