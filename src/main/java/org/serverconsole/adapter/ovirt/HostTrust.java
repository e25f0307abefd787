package org.serverconsole.adapter.ovirt;

import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.adapter.Trust;
import org.serverconsole.rfb.TlsTrust;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which certificate an engine's host may show for the encrypted VNC of its machines: one that the engine's own CA has signed,
 * as it does when a host is added, whatever signed the certificate of the engine's web server. It is for the host's address as
 * the engine knows it, which need not be the one of the consoles.
 */
final class HostTrust {

    private static final Logger LOG = LoggerFactory.getLogger(HostTrust.class);
    private static final String CA = "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final OvirtEngine engine;
    private final Clock clock;
    private volatile Optional<Remembered> remembered = Optional.empty();

    private record Remembered(SSLContext context, Instant until) { }

    HostTrust(OvirtEngine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /**
     * @param console the address of the console
     * @param host the host's address; empty where the account may not know it
     */
    TlsTrust of(String console, Optional<String> host, Deadline deadline) throws AdapterException, InterruptedException {
        // An address of a display network is in no host's certificate. Then any host of this engine may answer.
        boolean named = host.isPresent() || !NetUtil.isValidIpV4Address(console) && !NetUtil.isValidIpV6Address(console);
        return new TlsTrust(context(deadline), named && !engine.trust().insecure(), host.orElse(console));
    }

    private SSLContext context(Deadline deadline) throws AdapterException, InterruptedException {
        Optional<Remembered> known = remembered.filter(found -> clock.instant().isBefore(found.until()));
        if (known.isPresent()) {
            return known.get().context();
        }
        SSLContext context = engine.trust().contextOfItsOwn(authorities(deadline));
        remembered = Optional.of(new Remembered(context, clock.instant().plus(REMEMBERED)));
        return context;
    }

    private List<X509Certificate> authorities(Deadline deadline) throws AdapterException, InterruptedException {
        Trust trust = engine.trust();
        if (trust.insecure()) {
            return List.of();
        }
        try {
            return certificates(engine.fetch(CA).await(deadline));
        } catch (AdapterException e) {
            if (trust.caFile().isEmpty()) {
                throw new AdapterException(e.kind(), "the engine's CA, by which its hosts' encrypted VNC is verified, cannot be read ("
                        + e.getMessage() + "): put it into the file of console-ca-file", e);
            }
            LOG.debug("verifying hosts by console-ca-file alone: {}", e.getMessage());
            return List.of();
        }
    }

    private static List<X509Certificate> certificates(byte[] pem) throws AdapterException {
        try {
            List<X509Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem)).stream().map(X509Certificate.class::cast).toList();
            if (!found.isEmpty()) {
                return found;
            }
            throw new CertificateException("none in " + pem.length + " bytes");
        } catch (CertificateException e) {
            throw new AdapterException(Kind.PROTOCOL, "it is no certificate", e);
        }
    }
}
