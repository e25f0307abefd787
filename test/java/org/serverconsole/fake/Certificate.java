package org.serverconsole.fake;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate made for a test.
 *
 * @param pem its authority; the certificate itself where that has signed itself
 * @param own the certificate itself, for servers that are not Java
 * @param key its private key, for the same
 * @param context a server's, with its key
 * @param fingerprint its SHA-256 as openssl prints it: upper case, with colons
 */
public record Certificate(Path pem, Path own, Path key, SSLContext context, String fingerprint) {

    private static final Duration LIFE = Duration.ofDays(2);

    /** One for 127.0.0.1 and localhost that has signed itself, anew each time. */
    public static Certificate make(Path directory) throws IOException {
        return write(directory, () -> builder(new Issue("CN=localhost", List.of("127.0.0.1", "localhost"), Duration.ZERO))
                .setIsCertificateAuthority(true).buildSelfSigned());
    }

    /** One that an authority of its own has signed, whatever it says of itself. */
    public static Certificate signed(Path directory, Issue issue) throws IOException {
        return write(directory, () -> builder(issue).buildIssuedBy(new CertificateBuilder().rsa2048().subject("CN=Test CA")
                .notBefore(Instant.now().minus(Duration.ofDays(10))).setIsCertificateAuthority(true).buildSelfSigned()));
    }

    /** A client's, which trusts its authority and no other. */
    public SSLContext trusting() throws IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            authorities.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /**
     * What is written in a certificate.
     *
     * @param names whom it is for: addresses, or names in the DNS
     * @param from from when on it is good, for two days, counted from now
     */
    public record Issue(String subject, List<String> names, Duration from) { }

    /** RSA, as most BMCs have. */
    private static CertificateBuilder builder(Issue issue) {
        Instant from = Instant.now().plus(issue.from());
        CertificateBuilder builder = new CertificateBuilder().rsa2048().subject(issue.subject()).notBefore(from).notAfter(from.plus(LIFE));
        for (String name : issue.names()) {
            if (NetUtil.isValidIpV4Address(name)) {
                builder.addSanIpAddress(name);
            } else {
                builder.addSanDnsName(name);
            }
        }
        return builder;
    }

    /** Makes certificates; fails as the library does. */
    private interface Maker {

        X509Bundle make() throws Exception;
    }

    private static Certificate write(Path directory, Maker maker) throws IOException {
        try {
            X509Bundle made = maker.make();
            String name = "server-" + UUID.randomUUID();
            KeyManagerFactory keys = made.toKeyManagerFactory();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return new Certificate(
                    Files.writeString(directory.resolve(name + ".pem"), made.getRootCertificatePEM()),
                    Files.writeString(directory.resolve(name + "-own.pem"), made.getCertificatePEM()),
                    Files.writeString(directory.resolve(name + "-key.pem"), made.getPrivateKeyPEM()),
                    context,
                    HexFormat.ofDelimiter(":").withUpperCase()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(made.getCertificate().getEncoded())));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("no certificate could be made", e);
        }
    }
}
