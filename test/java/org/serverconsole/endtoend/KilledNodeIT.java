package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.serverconsole.endtoend.Cluster.Ticket;
import org.serverconsole.fake.FakeBox.Stall;
import org.serverconsole.host.GuacamoleProcess;

/** Nodes that die, or seem to, while another one lives. All at once, since it takes most of a minute until they count as dead. */
@Timeout(300)
class KilledNodeIT {

    private static final String MINTED = "minted";
    private static final String REDEEMED = "redeemed";
    private static final String LEASED = "leased";
    private static final String CHANGED = "changed";
    private static final String STREAM = "stream";
    private static final String GUACD = "guacd";
    private static final String FRAME = "frame";
    private static final String TYPING = "typing";
    private static final String RELEASING = "releasing";
    private static final String RELEASED = "released";
    private static final String PAUSED = "paused";
    private static final String CUT_OFF = "cut-off";

    /** As the page is told that its node has left. */
    private static final int NODE_SHUTDOWN = 0x255;

    @TempDir
    private Path folder;

    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new Cluster(folder, MINTED, REDEEMED, LEASED, CHANGED, STREAM, GUACD, FRAME, TYPING, RELEASING, RELEASED,
                PAUSED, CUT_OFF);
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    @Test
    void nothingIsLostWhereverInASessionsLifeItsNodeDies() throws Exception {
        try (Line line = Line.to(URI.create("http://127.0.0.1:" + cluster.postgres().port()))) {
            String journal = cluster.postgres().url();
            List<GuacamoleProcess> first = cluster.nodes(journal, journal);
            List<GuacamoleProcess> second = cluster.nodes(journal,
                    journal.replace(":" + cluster.postgres().port(), ":" + line.url().getPort()));
            GuacamoleProcess living = first.get(0);
            GuacamoleProcess paused = first.get(1);
            GuacamoleProcess dying = second.get(0);
            GuacamoleProcess cutOff = second.get(1);
            Customer atPaused = shown(paused, PAUSED);
            Customer atCutOff = shown(cutOff, CUT_OFF);
            Customer redeemed = standing(dying, REDEEMED, Stall.LOGIN);
            Customer leased = standing(dying, LEASED, Stall.BEFORE_OPENING);
            Customer changed = standing(dying, CHANGED, Stall.AFTER_OPENING);
            Customer stream = cluster.customer(dying, STREAM);
            await().until(() -> cluster.box(STREAM).viewers() == 1);
            Customer frame = shown(dying, FRAME);
            Customer typing = shown(dying, TYPING);
            typing.press();
            await().until(() -> cluster.box(TYPING).typed() > 0);
            Customer releasing = shown(dying, RELEASING);
            Customer released = shown(dying, RELEASED);
            releasing(dying, releasing, Stall.BEFORE_RELEASE);
            releasing(dying, released, Stall.AFTER_RELEASE);
            assertThat(cluster.box(RELEASING).isOpen()).isTrue();
            assertThat(cluster.box(RELEASED).isOpen()).isFalse();
            Ticket minted = cluster.ticket(dying, MINTED);
            cluster.box(GUACD).stall(Stall.NO_PICTURE);
            Customer guacd = cluster.customer(dying, GUACD).show();
            await().until(() -> cluster.box(GUACD).stalled() > 0);
            assertThat(List.of(cluster.box(CHANGED).isOpen(), cluster.box(LEASED).isOpen())).containsExactly(true, false);
            assertThat(cluster.select("SELECT server_id FROM lease WHERE released IS NULL ORDER BY server_id")).containsExactly(
                    CHANGED, CUT_OFF, FRAME, GUACD, LEASED, PAUSED, RELEASED, RELEASING, STREAM, TYPING);

            dying.kill9();
            Cluster.signal("STOP", paused);
            line.cut();
            for (String server : cluster.boxes().keySet()) {
                cluster.box(server).stall(Stall.NOWHERE);
            }

            // Each still has its connection to the vendor, and learns that it has lost the session once it can.
            await().atMost(Duration.ofSeconds(60)).until(() -> cluster.endReason(atPaused.key()).isPresent()
                    && cluster.endReason(atCutOff.key()).isPresent() && !cluster.box(PAUSED).isOpen() && !cluster.box(CUT_OFF).isOpen());
            assertThat(atCutOff.told()).isEmpty();
            Cluster.signal("CONT", paused);
            line.mend();
            // guacd may have given up, too, on somebody who said nothing for so long.
            await().atMost(Duration.ofSeconds(30)).until(() -> atPaused.told().isPresent());
            await().atMost(Duration.ofSeconds(30)).until(() -> Cluster.ask(paused, atPaused, "extend") == 403);
            await().atMost(Duration.ofSeconds(30)).until(() -> atCutOff.told().equals(Optional.of(NODE_SHUTDOWN)));

            NothingLost check = new NothingLost(cluster, living);
            Customer kept = cluster.customer(living, minted).show();
            check.after("node killed: after the ticket was minted", 1, List.of(kept), List.of());
            check.after("node killed: after the ticket was redeemed", 1, List.of(), List.of(redeemed));
            check.after("node killed: lease written, before the vendor was changed", 1, List.of(), List.of(leased));
            check.after("node killed: vendor changed, before it answered", 1, List.of(), List.of(changed));
            check.after("node killed: stream open, before the page came for it", 1, List.of(), List.of(stream));
            check.after("node killed: guacd connected, before the first frame", 1, List.of(), List.of(guacd));
            check.after("node killed: at the first frame", 1, List.of(), List.of(frame));
            check.after("node killed: mid-session", 1, List.of(), List.of(typing));
            check.after("node killed: being released, before the vendor was changed", 1, List.of(), List.of(releasing));
            check.after("node killed: released at the vendor, before the journal knew", 1, List.of(), List.of(released));
            assertThat(cluster.endReason(typing.key())).contains("NODE_SHUTDOWN");
            assertThat(cluster.endReason(released.key())).as("the first reason holds").contains("CLOSED_BY_PANEL");
            assertThat(Cluster.refusal(cluster.login(living, cluster.link(TYPING).parameters()))).isEqualTo("CONSOLE.PIN_MISSING");

            check.after("node paused until it was taken for dead, and woken again", 1, List.of(kept), List.of(atPaused));
            check.after("node cut off from the journal until it was taken for dead", 1, List.of(kept), List.of(atCutOff));
            Customer again = shown(paused, TYPING);
            check.after("the next console where a node was killed", 1, List.of(kept, again), List.of());
        }
    }

    private Customer shown(GuacamoleProcess node, String server) throws Exception {
        Customer customer = cluster.customer(node, server).show();
        await().atMost(Duration.ofSeconds(30)).until(() -> customer.frames() > 0);
        return customer;
    }

    /** Somebody whose console's vendor stalls while it is opened. */
    private Customer standing(GuacamoleProcess node, String server, Stall at) throws Exception {
        cluster.box(server).stall(at);
        Customer customer = cluster.customer(node, server);
        await().until(() -> cluster.box(server).stalled() > 0);
        return customer;
    }

    /** The panel has his console stopped, and its vendor stalls. */
    private void releasing(GuacamoleProcess node, Customer customer, Stall at) throws Exception {
        cluster.box(customer.server()).stall(at);
        cluster.panel(node, "stop_novnc", customer.server(), "&key=" + customer.key());
        await().until(() -> cluster.box(customer.server()).stalled() > 0);
    }
}
