package org.serverconsole.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.https.Authorities;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;

/**
 * Which certificate a server's management system may show: by default one that the JVM's authorities or those of
 * {@code console-ca-file} have signed for its host name. The option {@code tls} with {@code sha256:<fingerprint>} (64 hex
 * digits, colons allowed) accepts that one certificate, whoever signed it, for any name and at any time;
 * {@code ssl_insecure} accepts any. Two of the same rule are equal.
 *
 * @param caFile PEM of authorities to trust beside the JVM's
 * @param fingerprint SHA-256 of the one certificate to accept, 64 lower-case hex digits
 * @param insecure whether any certificate will do
 */
public record Trust(Optional<Path> caFile, Optional<String> fingerprint, boolean insecure) {

    private static final String TLS = "tls";
    private static final String SSL_INSECURE = "ssl_insecure";
    private static final Pattern PIN = Pattern.compile("(?i)sha256:\\s*((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})");

    /** The names of a server's options of this kind, and those given. */
    public static Set<String> optionsAnd(String... more) {
        return Stream.concat(Stream.of(TLS, SSL_INSECURE), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
    }

    /** What is wrong with a server's options of this kind, for {@link ConsoleAdapter#check}. */
    public static Optional<ServerRule.Problem> problem(Server server) {
        if (server.option(TLS).filter(value -> !PIN.matcher(value).matches()).isPresent()) {
            return Optional.of(new ServerRule.Problem(TLS,
                    "is no fingerprint: write sha256:<64 hex digits>, or leave it out to have the certificate verified"));
        }
        Optional<Boolean> insecure = server.yesOrNo(SSL_INSECURE);
        if (server.option(SSL_INSECURE).isPresent() && insecure.isEmpty()) {
            return Optional.of(new ServerRule.Problem(SSL_INSECURE, "is neither yes nor no: write true or false"));
        }
        return server.option(TLS).isPresent() && insecure.orElse(false)
                ? Optional.of(new ServerRule.Problem(SSL_INSECURE,
                        "is true, but \"tls\" names the one certificate to accept: write one of the two"))
                : Optional.empty();
    }

    /**
     * The rule for a server without {@link #problem}.
     *
     * @param caFile {@link AdapterEnvironment#caFile()}
     */
    public static Trust of(Server server, Optional<Path> caFile) {
        return new Trust(caFile, server.option(TLS).map(Trust::digits), server.yesOrNo(SSL_INSECURE).orElse(false));
    }

    private static String digits(String pin) {
        Matcher matcher = PIN.matcher(pin);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"tls\" is no fingerprint; the inventory should have refused it");
        }
        return matcher.group(1).replace(":", "").toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the peer's host name must be checked. Then set the endpoint identification algorithm {@code HTTPS} on the
     * socket or engine ({@link java.net.http.HttpClient} does so by itself); the name is compared with the chain, so that
     * a refusal says what was presented. Where not, it does no harm to set it.
     */
    public boolean checkHostName() {
        return fingerprint.isEmpty() && !insecure;
    }

    /**
     * A new context that accepts by this rule and no other. Whatever it refuses, {@link #refusal} finds again in the
     * failure of the handshake.
     *
     * @throws AdapterException where the file of {@code console-ca-file} cannot be used
     */
    public SSLContext context() throws AdapterException {
        return context(check());
    }

    /**
     * A new context for those the management system answers for, such as an engine's hosts: signed by one of its own
     * authorities or of {@code console-ca-file}, and by no other. The fingerprint is the management system's and has no say.
     *
     * @param authorities as the management system told them over a connection that was verified
     */
    public SSLContext contextOfItsOwn(Collection<X509Certificate> authorities) throws AdapterException {
        return context(insecure ? check() : new CertificateCheck.SignedBy(
                verifying(file -> Authorities.withoutJvms(authorities, file)),
                pin -> "it must be signed by the management system's own CA, or by one of console-ca-file"));
    }

    private static SSLContext context(X509ExtendedTrustManager check) throws AdapterException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {check}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AdapterException(Kind.UNREACHABLE, "this JVM has no TLS: " + e.getMessage(), e);
        }
    }

    /** The same rule for those who take a trust manager, such as Netty. */
    public X509ExtendedTrustManager check() throws AdapterException {
        if (insecure) {
            return new CertificateCheck.Anything();
        }
        return fingerprint.isPresent() ? new CertificateCheck.Pinned(fingerprint.get())
                : new CertificateCheck.SignedBy(verifying(Authorities::with),
                        pin -> "put the CA that signed it into the file of console-ca-file, or write \"tls\": \"" + pin
                                + "\" in the inventory to accept this one");
    }

    /** Where authorities come from. */
    @FunctionalInterface
    private interface Verifying {
        X509ExtendedTrustManager by(Optional<Path> caFile) throws IOException, GeneralSecurityException;
    }

    private X509ExtendedTrustManager verifying(Verifying verifying) throws AdapterException {
        try {
            return verifying.by(caFile);
        } catch (IOException | GeneralSecurityException e) {
            throw new AdapterException(Kind.UNREACHABLE, "console-ca-file: " + caFile.map(Path::toString).orElse("none")
                    + " cannot be used (" + e.getMessage() + "); write certificates in PEM form into it", e);
        }
    }

    /**
     * Why the certificate was refused and what it was, in one line for the log, where that is what made a handshake fail.
     *
     * @param failure whatever was thrown, with its causes
     */
    public static Optional<String> refusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateCheck.Refused refused) {
                return Optional.of(refused.getMessage());
            }
        }
        return Optional.empty();
    }
}
