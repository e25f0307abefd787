package org.serverconsole.adapter.redfish;

import java.net.Socket;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.adapter.Trust;

/**
 * One HTTP client for all BMCs, although each may show another certificate: an {@link HttpClient} has a thread of its own
 * that ends with the next garbage collection only.
 */
public final class BmcHttp {

    private final Executor executor;
    private Optional<Generation> current = Optional.empty();

    /** @param executor for what neither waits nor computes for long */
    public BmcHttp(Executor executor) {
        this.executor = executor;
    }

    /** The client for that BMC, which verifies its certificate as its inventory entry says now. */
    public synchronized HttpClient client(BmcAccess access) throws AdapterException {
        String address = access.authority().toLowerCase(Locale.ROOT);
        Optional<Rule> rule = current.map(generation -> generation.rules.get(address));
        boolean changed = rule.isPresent() && !rule.get().trust().equals(access.trust());
        if (current.isEmpty() || changed) {
            // Connections that were verified by another rule are not to be used by this one.
            current = Optional.of(new Generation(executor));
        }
        if (rule.isEmpty() || changed) {
            current.get().rules.put(address, new Rule(access.trust(), access.trust().check()));
        }
        return current.get().client;
    }

    private record Rule(Trust trust, X509ExtendedTrustManager check) { }

    private static final class Generation {

        private final Map<String, Rule> rules = new ConcurrentHashMap<>();
        private final HttpClient client;

        Generation(Executor executor) throws AdapterException {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .sslContext(context(new ByAddress(rules)))
                    .executor(executor)
                    .build();
        }

        private static SSLContext context(TrustManager manager) throws AdapterException {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[] {manager}, null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new AdapterException(Kind.UNREACHABLE, "this JVM has no TLS: " + e.getMessage(), e);
            }
        }
    }

    /** Puts each certificate before the rule of the address it came from. */
    private static final class ByAddress extends X509ExtendedTrustManager {

        private final Map<String, Rule> rules;

        ByAddress(Map<String, Rule> rules) {
            this.rules = rules;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
            String host = engine.getPeerHost().toLowerCase(Locale.ROOT);
            String authority = (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + engine.getPeerPort();
            Optional.ofNullable(rules.get(authority)).orElseThrow(() -> new CertificateException("nothing is known of " + authority))
                    .check().checkServerTrusted(chain, authType, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
            throw new CertificateException("asked through engines only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("asked through engines only");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
            throw new CertificateException("for servers only");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
            throw new CertificateException("for servers only");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("for servers only");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
