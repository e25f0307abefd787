package org.serverconsole.cli;

import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;

/**
 * Where {@code java -jar} begins. The jar has no logger, since Guacamole brings its own and one in the jar would silence this
 * extension there; but most of the jar's classes want one. So all of them are loaded once more, together with the logger that
 * lies in the jar's folder {@code command-line}, and {@link Main} runs among those.
 */
public final class Start {

    private static final String LOGGER = "command-line/";

    private Start() { }

    public static void main(String[] arguments) throws ReflectiveOperationException, MalformedURLException {
        URL jar = Start.class.getProtectionDomain().getCodeSource().getLocation();
        URL[] path = {jar, new URL("jar:" + jar + "!/" + LOGGER)};
        // Never closed: the process ends with it.
        ClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        try {
            loader.loadClass(Main.class.getName()).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the command line failed", e.getCause());
        }
    }
}
