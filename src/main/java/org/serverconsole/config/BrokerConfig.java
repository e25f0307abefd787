package org.serverconsole.config;

import java.util.List;

/**
 * The RabbitMQ over which the locations reach each other.
 *
 * @param host {@code console-broker}: a name or an IP address
 * @param port of the host; AMQP's own where the URL names none
 * @param tls whether it is spoken to over TLS, as anywhere but on this machine
 * @param virtualHost {@code /} where the URL names none
 * @param password {@code console-broker-password}, or what is in {@code console-broker-password-file}
 * @param keys {@code console-broker-key}: HMAC keys that all locations share, base64, at least 32 bytes each; two while one
 *     replaces the other
 */
public record BrokerConfig(
        String host, int port, boolean tls, String virtualHost, String user, Secret password, List<Secret> keys) {

    public BrokerConfig {
        keys = List.copyOf(keys);
    }

    /** As it can be shown: the URL, without the password that it never had. */
    @Override
    public String toString() {
        return (tls ? "amqps" : "amqp") + "://" + user + "@" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
