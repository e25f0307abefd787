package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.serverconsole.host.GuacamoleProcess;

/**
 * Looks, after a fault, whether anything was lost: no vendor lets anybody in without a live session, no live session is past its
 * deadline or at a node that is gone, the consoles that could go on do, and the others have ended with a reason. What it finds
 * is a line of the table in {@code target/faults.md}.
 */
final class NothingLost {

    private static final Path TABLE = Path.of("target/faults.md");
    private static final List<String> HEAD = List.of(
            "| fault | tries | consoles kept | consoles ended with a reason | leaks |", "|---|---|---|---|---|");

    /** What a dead node held is to be taken back within a minute. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final GuacamoleProcess node;

    /** @param node that lives, and is asked what has become of sessions */
    NothingLost(Cluster cluster, GuacamoleProcess node) {
        this.cluster = cluster;
        this.node = node;
    }

    /**
     * Looks, and writes the line.
     *
     * @param kept whose consoles are to be shown now, and to go on
     * @param ended whose consoles are to be over
     */
    void after(String fault, int tries, List<Customer> kept, List<Customer> ended) throws Exception {
        for (Customer customer : kept) {
            goesOn(customer);
        }
        eventually(() -> {
            for (Customer customer : ended) {
                hasAReason(customer);
            }
        });
        List<String> left = new ArrayList<>();
        try {
            eventually(() -> {
                left.clear();
                left.addAll(leaks());
                assertThat(left).as("leaks after: " + fault).isEmpty();
            });
        } finally {
            note(fault, tries, kept.size(), ended.size(), left.size());
        }
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).ignoreExceptions().untilAsserted(assertion);
    }

    private void goesOn(Customer customer) {
        await("the console of " + customer.server() + " is shown").atMost(PATIENCE).until(() -> customer.frames() > 0);
        int frames = customer.frames();
        int typed = cluster.box(customer.server()).typed();
        customer.press();
        await("what is typed at " + customer.server() + " arrives").atMost(PATIENCE)
                .until(() -> cluster.box(customer.server()).typed() > typed && customer.frames() > frames);
        assertThat(customer.told()).isEmpty();
    }

    private void hasAReason(Customer customer) throws Exception {
        assertThat(cluster.endReason(customer.key())).as("in the journal").isPresent();
        assertThat(cluster.select("SELECT reason FROM audit WHERE action = 'end' AND session_id = '" + customer.key() + "'"))
                .as("in the audit").isNotEmpty();
        JsonNode told = cluster.panel(node, "check_novnc", customer.server(), "&key=" + customer.key());
        assertThat(told.at("/context/end_reason").asText()).as("what the panel is told")
                .isEqualTo(cluster.endReason(customer.key()).orElseThrow());
    }

    /** What nobody is to have: by what it is, and the server. */
    private List<String> leaks() throws SQLException {
        List<String> leaks = new ArrayList<>();
        List<String> live = cluster.select("SELECT server_id FROM console_session WHERE ended IS NULL");
        cluster.boxes().forEach((server, box) -> {
            if ((box.isOpen() || box.viewers() > 0) && !live.contains(server)) {
                leaks.add("access to " + server);
            }
        });
        cluster.select("SELECT server_id FROM lease WHERE released IS NULL AND session_id NOT IN"
                + " (SELECT id FROM console_session WHERE ended IS NULL)").forEach(server -> leaks.add("lease of " + server));
        cluster.select("SELECT server_id FROM console_session WHERE ended IS NULL AND deadline < now()")
                .forEach(server -> leaks.add("session past its deadline at " + server));
        cluster.select("SELECT server_id FROM console_session WHERE ended IS NULL AND node NOT IN (SELECT id FROM node"
                + " WHERE seen > now() - INTERVAL '20 seconds')").forEach(server -> leaks.add("session of a dead node at " + server));
        return leaks;
    }

    /** Writes a line, in place of that of an earlier run. Another process may have the table, too. */
    static void note(String fault, int tries, int kept, int ended, int leaks) throws IOException {
        String beginning = "| " + fault + " |";
        try (FileChannel file = FileChannel.open(TABLE, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            List<String> lines = new ArrayList<>(Files.readAllLines(TABLE));
            if (lines.isEmpty()) {
                lines.addAll(HEAD);
            }
            lines.removeIf(old -> old.startsWith(beginning));
            lines.add(beginning + " " + tries + " | " + kept + " | " + ended + " | " + leaks + " |");
            file.truncate(0);
            file.write(ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)), 0);
        }
    }
}
