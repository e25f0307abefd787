package org.serverconsole.endtoend;

import java.io.IOException;
import java.net.URI;
import org.serverconsole.fake.TcpWay;

/** A network that can be cut: between a customer and Guacamole, or between Guacamole and a console. */
record Line(URI far, TcpWay way) implements AutoCloseable {

    /** @param far what is at its other end, on this machine */
    static Line to(URI far) throws IOException {
        return new Line(far, new TcpWay(far.getPort()));
    }

    /** The near end; for Guacamole, as the customer reaches it. */
    URI url() {
        return URI.create("http://127.0.0.1:" + way.port() + far.getPath());
    }

    void cut() throws IOException {
        way.cut();
    }

    void mend() {
        way.mend();
    }

    @Override
    public void close() throws IOException {
        way.close();
    }
}
