package org.serverconsole.adapter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Finding.Subject;

/** Looks at the certificate that a management system shows, with the same eyes as the adapters. */
public record CertificateProbe(Trust trust, Clock clock) {

    private static final Duration SOON = Duration.ofDays(30);

    /**
     * Shakes hands once, and hangs up.
     *
     * @return what the certificate says, and whether that needs a thought
     * @throws AdapterException where nobody answers, or where the certificate is refused
     */
    public Finding look(String host, int port, Duration timeout) throws AdapterException {
        try (SSLSocket socket = (SSLSocket) trust.context().getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(timeout.toMillis()));
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            if (trust.checkHostName()) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.startHandshake();
            return finding((X509Certificate) socket.getSession().getPeerCertificates()[0]);
        } catch (SocketTimeoutException e) {
            throw new AdapterException(Kind.TIMEOUT, host + ":" + port + " did not answer in time", e);
        } catch (IOException e) {
            throw new AdapterException(Kind.UNREACHABLE, Trust.refusal(e).orElse(
                    "no TLS with " + host + ":" + port + ": " + e.getMessage()), e);
        }
    }

    private Finding finding(X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        String seen = certificate.getSubjectX500Principal().getName() + ", valid until "
                + end.atOffset(ZoneOffset.UTC).toLocalDate();
        if (trust.insecure()) {
            return Finding.warning(Subject.CERTIFICATE, seen + ", but not verified (ssl_insecure)");
        }
        if (trust.fingerprint().isPresent()) {
            return Finding.ok(Subject.CERTIFICATE, seen + ", the one of \"tls\"");
        }
        return clock.instant().plus(SOON).isAfter(end)
                ? Finding.warning(Subject.CERTIFICATE, seen + ": renew it in time")
                : Finding.ok(Subject.CERTIFICATE, seen);
    }
}
