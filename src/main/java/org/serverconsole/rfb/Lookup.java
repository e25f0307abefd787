package org.serverconsole.rfb;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.serverconsole.rfb.RfbException.Reason;

/** Finds the address of a host on a thread that may be left behind: neither a deadline nor an interrupt ends a lookup of the JDK's. */
public final class Lookup {

    private Lookup() { }

    /**
     * Blocks, and so is not for event loops.
     *
     * @param host name or address
     * @throws RfbException {@code UNREACHABLE} where it has none, {@code TIMEOUT} where that is not known by the deadline
     */
    public static InetAddress of(String host, Duration deadline) throws RfbException, InterruptedException {
        FutureTask<InetAddress> lookup = new FutureTask<>(() -> InetAddress.getByName(host));
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            lookup.run();
        } else {
            Thread thread = new Thread(lookup, "lookup of " + host);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            return lookup.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new RfbException(Reason.UNREACHABLE, "the name " + host + " has no address", e.getCause());
        } catch (TimeoutException e) {
            throw new RfbException(Reason.TIMEOUT, "the name " + host + " was not resolved within " + deadline.toMillis()
                    + " ms", e);
        }
    }
}
