package org.serverconsole.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.guacamole.net.auth.AuthenticationProvider;
import org.apache.guacamole.net.event.listener.Listener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One extension's jar, loaded through its manifest and by a class loader that prefers the jar to the host. */
final class Extension implements AutoCloseable {

    /** Of Guacamole's manifest; a key that is not here makes the extension unreadable. */
    record Manifest(String guacamoleVersion, String name, String namespace, List<String> js, List<String> css,
            List<String> html, List<String> translations, Map<String, String> resources, List<String> authProviders,
            List<String> listeners, String smallIcon, String largeIcon) { }

    /** A file of the jar that is served. */
    record Resource(byte[] content, String type, long modified) { }

    private static final Logger LOG = LoggerFactory.getLogger(Extension.class);
    private static final Set<String> COMPATIBLE = Set.of("*", "1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0", "1.5.1",
            "1.5.2", "1.5.3", "1.5.4", "1.5.5", "1.6.0");

    private final Path jar;
    private final Manifest manifest;
    private final JarFirst classes;

    Extension(Path jar) throws IOException {
        this.jar = jar;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry("guac-manifest.json");
            if (entry == null) {
                throw new IOException("Extension " + jar.getFileName() + " is missing guac-manifest.json");
            }
            manifest = new ObjectMapper().readValue(zip.getInputStream(entry), Manifest.class);
        }
        if (manifest.guacamoleVersion() == null || !COMPATIBLE.contains(manifest.guacamoleVersion())) {
            throw new IOException("Extension \"" + manifest.name() + "\" is not compatible with this version of Guacamole.");
        }
        classes = new JarFirst(jar);
    }

    Manifest manifest() {
        return manifest;
    }

    /** The providers that start; of one that does not, the log tells. */
    List<AuthenticationProvider> providers() {
        return start(manifest.authProviders(), AuthenticationProvider.class);
    }

    List<Listener> listeners() {
        return start(manifest.listeners(), Listener.class);
    }

    Optional<Resource> resource(String path) throws IOException {
        String type = manifest.resources() == null ? null : manifest.resources().get(path);
        if (type == null) {
            return Optional.empty();
        }
        try (InputStream content = classes.getResourceAsStream(path)) {
            return content == null ? Optional.empty()
                    : Optional.of(new Resource(content.readAllBytes(), type, Files.getLastModifiedTime(jar).toMillis()));
        }
    }

    private <T> List<T> start(List<String> names, Class<T> type) {
        return names == null ? List.of() : names.stream().map(name -> start(name, type)).flatMap(Optional::stream).toList();
    }

    private <T> Optional<T> start(String name, Class<T> type) {
        try {
            return Optional.of(classes.loadClass(name).asSubclass(type).getConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            LOG.error("{} of extension \"{}\" failed to start: {}", name, manifest.name(), cause.getMessage(), cause);
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }

    /** Guacamole's classes come from the host because the jar has none of them, not because they are treated apart. */
    private static final class JarFirst extends URLClassLoader {

        private final ClassLoader host = Extension.class.getClassLoader();

        JarFirst(Path jar) throws IOException {
            super(new URL[] {jar.toUri().toURL()}, null);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try {
                return super.findClass(name);
            } catch (ClassNotFoundException notInJar) {
                return host.loadClass(name);
            }
        }
    }
}
