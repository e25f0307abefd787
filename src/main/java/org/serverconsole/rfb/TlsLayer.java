package org.serverconsole.rfb;

import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.bouncycastle.tls.TlsException;
import org.serverconsole.rfb.RfbException.Reason;

/** TLS under a certificate, and what its failures mean. */
final class TlsLayer {

    /** How long a peer may take for the farewell, which it cannot be made to read; in milliseconds. */
    private static final int FAREWELL = 500;

    private TlsLayer() { }

    /** A handler that begins at once where the channel is connected, else when it is. */
    static SslHandler certified(RfbTarget target) {
        TlsTrust trust = target.trust().orElseThrow();
        SSLEngine engine = trust.context().createSSLEngine(
                trust.hostName().isEmpty() ? target.host() : trust.hostName(), target.port());
        engine.setUseClientMode(true);
        if (trust.checkHostName()) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            engine.setSSLParameters(parameters);
        }
        SslHandler handler = new SslHandler(engine);
        // The caller's deadline covers the handshake too.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(FAREWELL);
        // Who says farewell may leave the connection open, but there is nothing more to come.
        handler.sslCloseFuture().addListener((Future<Channel> closed) -> {
            if (closed.isSuccess()) {
                closed.getNow().close();
            }
        });
        return handler;
    }

    /** What it means that TLS could not be begun. */
    static RfbException failure(Throwable thrown, Attempt attempt) {
        Optional<CertificateException> refusal = find(thrown, CertificateException.class);
        if (refusal.isPresent()) {
            return new RfbException(Reason.UNREACHABLE,
                    attempt.peer() + ": " + Printable.text(String.valueOf(refusal.get().getMessage())), thrown);
        }
        if (find(thrown, NotSslRecordException.class).isPresent()) {
            return new RfbException(Reason.PROTOCOL, attempt.peer() + " does not speak TLS", thrown);
        }
        boolean hungUp = find(thrown, SSLException.class).isEmpty() && find(thrown, TlsException.class).isEmpty()
                || find(thrown, ClosedChannelException.class).isPresent();
        return hungUp
                ? new RfbException(Reason.UNREACHABLE, attempt.peer() + " closed the connection within the TLS handshake", thrown)
                : new RfbException(Reason.PROTOCOL,
                        attempt.peer() + ": TLS failed: " + Printable.text(String.valueOf(thrown.getMessage())), thrown);
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
