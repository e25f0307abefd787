package org.serverconsole.adapter;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides on a server's certificate. An extended trust manager decides alone: of any other the JDK would check the host
 * name and the key's strength itself, which a pinned certificate need not pass.
 */
abstract sealed class CertificateCheck extends X509ExtendedTrustManager {

    /** A certificate that was not accepted, described. */
    static final class Refused extends CertificateException {

        Refused(String message, CertificateException cause) {
            super(message, cause);
        }
    }

    /** The JDK's question, to be put to another trust manager. */
    @FunctionalInterface
    interface Question {
        void to(X509ExtendedTrustManager other) throws CertificateException;
    }

    abstract void check(X509Certificate[] chain, Question question) throws CertificateException;

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, other -> other.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        check(chain, other -> other.checkServerTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        check(chain, other -> other.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("for servers only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    /** Of interest to servers only. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    /** The usual: an unbroken, valid chain to an authority, for that host name. */
    static final class SignedBy extends CertificateCheck {

        /** What to do about a certificate of that fingerprint. */
        @FunctionalInterface
        interface Advice {
            String about(String fingerprint);
        }

        private final X509ExtendedTrustManager authorities;
        private final Advice advice;

        SignedBy(X509ExtendedTrustManager authorities, Advice advice) {
            this.authorities = authorities;
            this.advice = advice;
        }

        @Override
        void check(X509Certificate[] chain, Question question) throws CertificateException {
            try {
                question.to(authorities);
            } catch (CertificateException e) {
                throw new Refused("its certificate is not trusted (" + reason(e) + "); presented: " + described(chain[0])
                        + "; " + advice.about(fingerprint(chain[0])), e);
            }
        }

        private static String reason(CertificateException e) {
            Throwable deepest = e;
            while (deepest.getCause() != null) {
                deepest = deepest.getCause();
            }
            if (deepest instanceof CertificateExpiredException) {
                return "it has expired";
            }
            if (deepest instanceof CertificateNotYetValidException) {
                return "it is not valid yet";
            }
            return deepest instanceof CertPathBuilderException ? "no authority known here has signed it"
                    : printable(String.valueOf(deepest.getMessage()));
        }
    }

    /** One certificate, known beforehand. */
    static final class Pinned extends CertificateCheck {

        private final byte[] fingerprint;

        Pinned(String fingerprint) {
            this.fingerprint = HexFormat.of().parseHex(fingerprint);
        }

        @Override
        void check(X509Certificate[] chain, Question question) throws CertificateException {
            if (!MessageDigest.isEqual(fingerprint, sha256(chain[0]))) {
                throw new Refused("its certificate is not the one \"tls\" names in the inventory; presented: "
                        + described(chain[0]) + "; if it was replaced on purpose, write \"tls\": \"" + fingerprint(chain[0])
                        + "\"", new CertificateException("expected sha256:" + HexFormat.of().formatHex(fingerprint)));
            }
        }
    }

    /** What {@code ssl_insecure} asks for. */
    static final class Anything extends CertificateCheck {

        @Override
        void check(X509Certificate[] chain, Question question) { }
    }

    private static String described(X509Certificate certificate) {
        return "subject " + printable(certificate.getSubjectX500Principal().getName())
                + ", issuer " + printable(certificate.getIssuerX500Principal().getName())
                + ", valid " + day(certificate.getNotBefore()) + " to " + day(certificate.getNotAfter());
    }

    private static LocalDate day(Date date) {
        return LocalDate.ofInstant(date.toInstant(), ZoneOffset.UTC);
    }

    private static String fingerprint(X509Certificate certificate) throws CertificateException {
        return "sha256:" + HexFormat.of().formatHex(sha256(certificate));
    }

    private static byte[] sha256(X509Certificate certificate) throws CertificateException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new CertificateException("certificate without fingerprint", e);
        }
    }

    /** A certificate nobody has checked may say anything, and it goes to the log. */
    private static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() > 150 ? plain.substring(0, 150) + "..." : plain;
    }
}
