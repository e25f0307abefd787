package org.serverconsole.https;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.serverconsole.config.ConfigException;

/** The authorities whose certificates are believed: the JVM's own, and beside them those of {@code console-ca-file}. */
public final class Authorities {

    private Authorities() { }

    /**
     * What verifies a chain of certificates by them.
     *
     * @param caFile PEM of authorities to trust beside the JVM's
     * @throws IOException where there is no certificate in that file, or it cannot be read
     * @throws GeneralSecurityException where a certificate in it, or this JVM's TLS, is of no use
     */
    public static X509ExtendedTrustManager with(Optional<Path> caFile) throws IOException, GeneralSecurityException {
        return verifying(List.of(manager(null).getAcceptedIssuers()), caFile);
    }

    /** What verifies by those of {@code console-ca-file} and these, in place of the JVM's. */
    public static X509ExtendedTrustManager withoutJvms(Collection<X509Certificate> these, Optional<Path> caFile)
            throws IOException, GeneralSecurityException {
        return verifying(these, caFile);
    }

    private static X509ExtendedTrustManager verifying(Collection<X509Certificate> authorities, Optional<Path> caFile)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate authority : authorities) {
            add(store, authority);
        }
        if (caFile.isPresent()) {
            addFile(store, caFile.get());
        }
        return manager(store);
    }

    /**
     * A client's TLS that believes them and nobody else.
     *
     * @throws ConfigException naming {@code console-ca-file}, where it cannot be used
     */
    public static SSLContext context(Optional<Path> caFile) throws ConfigException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {with(caFile)}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException("guacamole.properties: console-ca-file: " + caFile.map(Path::toString).orElse("none")
                    + " cannot be used (" + e.getMessage() + "); write certificates in PEM form into it", e);
        }
    }

    private static void addFile(KeyStore store, Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IOException("no certificate is in it");
            }
            for (Certificate certificate : found) {
                add(store, certificate);
            }
        }
    }

    private static void add(KeyStore store, Certificate authority) throws GeneralSecurityException {
        store.setCertificateEntry("ca" + store.size(), authority);
    }

    /** With null, the JDK's own default: {@code cacerts}, or what {@code javax.net.ssl.trustStore} names. */
    private static X509ExtendedTrustManager manager(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("no X509ExtendedTrustManager here");
    }
}
