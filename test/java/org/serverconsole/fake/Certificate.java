package org.serverconsole.fake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate made by the JDK's keytool.
 *
 * @param pem its authority; the certificate itself where that has signed itself
 * @param own the certificate itself, for servers that are not Java
 * @param key its private key, for the same
 * @param context a server's, with its key
 * @param fingerprint its SHA-256 as openssl prints it: upper case, with colons
 */
public record Certificate(Path pem, Path own, Path key, SSLContext context, String fingerprint) {

    private static final String ALIAS = "server";
    private static final String AUTHORITY = "authority";
    private static final String CERTIFICATE = "CERTIFICATE";

    /** One for 127.0.0.1 and localhost that has signed itself, anew each time. */
    public static Certificate make(Path directory) throws IOException, InterruptedException {
        Keytool keytool = new Keytool(directory);
        keytool.generate(ALIAS, "CN=localhost", "-ext", "san=ip:127.0.0.1,dns:localhost", "-validity", "2");
        return keytool.read(ALIAS);
    }

    /** One that an authority of its own has signed, whatever it says of itself. */
    public static Certificate signed(Path directory, Issue issue) throws IOException, InterruptedException {
        Keytool keytool = new Keytool(directory);
        keytool.generate(AUTHORITY, "CN=Test CA", "-ext", "bc:c", "-validity", "30", "-startdate", "-10d");
        keytool.generate(ALIAS, issue.subject(), "-signer", AUTHORITY, "-ext", "san=" + issue.names(), "-validity", "2",
                "-startdate", issue.from());
        return keytool.read(AUTHORITY);
    }

    /** A client's, which trusts its authority and no other. */
    public SSLContext trusting() throws IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            authorities.setCertificateEntry(AUTHORITY, CertificateFactory.getInstance("X.509").generateCertificate(in));
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
     * @param names as keytool's {@code -ext san=} takes them
     * @param from when its two days begin, as keytool's {@code -startdate} takes it
     */
    public record Issue(String subject, String names, String from) { }

    /** keytool with a store of its own. RSA, since GnuTLS cannot read a key on a curve as the JDK writes it. */
    private record Keytool(Path store, String password) {

        Keytool(Path directory) {
            this(directory.resolve("server-" + UUID.randomUUID() + ".p12"), UUID.randomUUID().toString());
        }

        void generate(String alias, String name, String... more) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", alias,
                    "-keyalg", "RSA", "-keysize", "2048", "-dname", name, "-storetype", "PKCS12",
                    "-keystore", store.toString(), "-storepass:env", "STORE_PASSWORD"));
            command.addAll(List.of(more));
            ProcessBuilder keytool = new ProcessBuilder(command);
            keytool.environment().put("STORE_PASSWORD", password);
            Process process = keytool.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool made no certificate: " + said);
            }
        }

        Certificate read(String authority) throws IOException {
            try (InputStream in = Files.newInputStream(store)) {
                KeyStore keys = KeyStore.getInstance("PKCS12");
                keys.load(in, password.toCharArray());
                Path pem = write(".pem", CERTIFICATE, keys.getCertificate(authority).getEncoded());
                Path own = write("-own.pem", CERTIFICATE, keys.getCertificate(ALIAS).getEncoded());
                Path key = write("-key.pem", "PRIVATE KEY", keys.getKey(ALIAS, password.toCharArray()).getEncoded());
                KeyStore serving = KeyStore.getInstance("PKCS12");
                serving.load(null, null);
                serving.setKeyEntry(ALIAS, keys.getKey(ALIAS, password.toCharArray()), password.toCharArray(),
                        keys.getCertificateChain(ALIAS));
                KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                managers.init(serving, password.toCharArray());
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(managers.getKeyManagers(), null, null);
                return new Certificate(pem, own, key, context, fingerprint(keys.getCertificate(ALIAS).getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new IOException("keytool made a certificate that cannot be read", e);
            }
        }

        private Path write(String ending, String what, byte[] der) throws IOException {
            return Files.writeString(Path.of(store.toString().replace(".p12", ending)), "-----BEGIN " + what + "-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n");
        }

        private static String fingerprint(byte[] certificate) throws GeneralSecurityException {
            return HexFormat.ofDelimiter(":").withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
        }
    }
}
