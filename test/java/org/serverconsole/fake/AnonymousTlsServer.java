package org.serverconsole.fake;

import java.security.SecureRandom;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/** A server's side of TLS 1.2 that shows no certificate. */
final class AnonymousTlsServer extends DefaultTlsServer {

    AnonymousTlsServer() {
        this(new SecureRandom());
    }

    private AnonymousTlsServer(SecureRandom random) {
        super(new JcaTlsCryptoProvider().create(random, random));
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.TLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return new int[] {CipherSuite.TLS_DH_anon_WITH_AES_256_GCM_SHA384, CipherSuite.TLS_ECDH_anon_WITH_AES_128_CBC_SHA};
    }

    @Override
    public TlsCredentials getCredentials() {
        // That is how it is told that there is no certificate to show.
        return null;
    }
}
