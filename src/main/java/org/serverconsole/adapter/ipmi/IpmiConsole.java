package org.serverconsole.adapter.ipmi;

import io.netty.channel.Channel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.serverconsole.adapter.Deadline;
import org.serverconsole.rmcp.RmcpSession;

/**
 * One serial console of ours, with the session it is in, from before it is activated until its end.
 *
 * @param bmc host and port
 * @param ended completes with whether the BMC has confirmed the end
 */
record IpmiConsole(String bmc, RmcpSession session, CompletableFuture<Boolean> ended) {

    private static final String SESSION = "sol";
    private static final String PROCESS = "process";

    IpmiConsole(String bmc, RmcpSession session) {
        this(bmc, session, new CompletableFuture<>());
    }

    /** What must be journalled to find this console at the BMC again. */
    Map<String, String> undo(String process) {
        return Map.of(SESSION, Integer.toHexString(session.bmcId()), PROCESS, process);
    }

    static boolean isLease(Map<String, String> undo) {
        return undo.containsKey(SESSION);
    }

    static int sessionOf(Map<String, String> undo) {
        return Integer.parseUnsignedInt(undo.get(SESSION), 16);
    }

    static boolean isOf(String process, Map<String, String> undo) {
        return process.equals(undo.get(PROCESS));
    }

    boolean is(String otherBmc, int otherSession) {
        return bmc.equals(otherBmc) && session.bmcId() == otherSession;
    }

    /** Ends with that channel, whoever closes it. */
    void endWith(Channel channel) {
        channel.closeFuture().addListener(closed -> end());
    }

    /** Closes it and its session. Idempotent. */
    CompletableFuture<Boolean> end() {
        session.close().thenAccept(ended::complete);
        return ended;
    }

    /** Whether the BMC has confirmed the end, or empty where that is not known yet. */
    Optional<Boolean> awaitEnd(Deadline deadline) throws InterruptedException {
        try {
            return Optional.of(ended.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a console's end failed", e.getCause());
        }
    }
}
