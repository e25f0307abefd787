package org.serverconsole.rfb;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsDHGroupVerifier;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/** What is offered to a server that has no certificate: TLS 1.2, the last version without, and no other cipher suites. */
final class AnonymousTlsClient extends DefaultTlsClient {

    private static final int[] SUITES = {
        CipherSuite.TLS_DH_anon_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_DH_anon_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDH_anon_WITH_AES_256_CBC_SHA,
        CipherSuite.TLS_ECDH_anon_WITH_AES_128_CBC_SHA};

    private static final int FEWEST_BITS = 1024;

    AnonymousTlsClient() {
        this(new SecureRandom());
    }

    private AnonymousTlsClient(SecureRandom random) {
        super(new JcaTlsCryptoProvider().create(random, random));
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.TLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return SUITES.clone();
    }

    /** Older TigerVNC makes groups of 1024 bits, QEMU others of its own, and nobody vouches for a well-known one either. */
    @Override
    public TlsDHGroupVerifier getDHGroupVerifier() {
        return group -> group.getP().bitLength() >= FEWEST_BITS;
    }

    @Override
    public TlsAuthentication getAuthentication() throws IOException {
        // Asked for only where the server shows a certificate, which none of the cipher suites has.
        throw new TlsFatalAlert(AlertDescription.unexpected_message);
    }
}
