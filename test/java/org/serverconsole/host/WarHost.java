package org.serverconsole.host;

import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;

/** Guacamole's real web application in Tomcat 9, from its unpacked WAR. */
final class WarHost {

    private WarHost() { }

    /** Arguments: port, a folder for Tomcat's files, the unpacked WAR. */
    public static void main(String[] arguments) throws Exception {
        Tomcat tomcat = new Tomcat();
        HostJvm.listen(tomcat, Integer.parseInt(arguments[0]), Path.of(arguments[1]));
        // Tomcat's own web.xml would want a JSP engine, which the WAR does not need.
        tomcat.setAddDefaultWebXmlToWebapp(false);
        Context context = tomcat.addWebapp("/guacamole", arguments[2]);
        Tomcat.addServlet(context, "default", new DefaultServlet());
        context.addServletMappingDecoded("/", "default");
        Tomcat.addDefaultMimeTypeMappings(context);
        StandardJarScanner scanner = (StandardJarScanner) context.getJarScanner();
        scanner.setScanClassPath(false);
        scanner.setScanManifest(false);
        tomcat.start();
        HostJvm.stopWithParent(() -> stop(tomcat));
    }

    private static void stop(Tomcat tomcat) {
        try {
            tomcat.stop();
        } catch (LifecycleException e) {
            throw new IllegalStateException("Tomcat did not stop cleanly", e);
        }
    }
}
