package org.serverconsole.host;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ErrorReportValve;

/** What both hosts' processes have in common. */
final class HostJvm {

    private HostJvm() { }

    static void listen(Tomcat tomcat, int port, Path work) {
        tomcat.setBaseDir(work.toString());
        Connector connector = new Connector();
        connector.setPort(port);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", "64");
        tomcat.setConnector(connector);
        tomcat.getHost().setAutoDeploy(false);
        // As its documentation advises: Tomcat's own refusals otherwise come with a stack trace.
        ErrorReportValve refusals = new ErrorReportValve();
        refusals.setShowReport(false);
        refusals.setShowServerInfo(false);
        tomcat.getHost().getPipeline().addValve(refusals);
    }

    /** Waits for the end of standard input, which comes with the parent's end however that ends, or for a signal. */
    static void stopWithParent(Runnable stop) throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
        while (System.in.read() >= 0) {
            // The parent says nothing; only its end counts.
        }
        System.exit(0);
    }
}
