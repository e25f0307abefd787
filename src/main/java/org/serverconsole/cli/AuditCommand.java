package org.serverconsole.cli;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.serverconsole.config.ConfigException;
import org.serverconsole.config.ConsoleConfig;
import org.serverconsole.journal.AuditEvent;
import org.serverconsole.journal.Journal;
import org.serverconsole.journal.JournalInUseException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what the audit knows. */
@Command(
        name = "audit",
        sortOptions = false,
        description = "Print events of the audit, oldest first: who did what to which server, and what came of it. Each is one"
                + " line of JSON.",
        optionListHeading = "%n",
        footer = {
            "",
            "The journal of a Guacamole that is running is asked over HTTP:",
            "",
            "  java -jar guacamole-auth-console.jar audit --server 14494 --from 12h \\",
            "      --url https://console.example.com/guacamole/ --key-file operator.key",
            "",
            "One that is not running is read by its settings, without --url."})
final class AuditCommand implements Callable<Integer> {

    @Option(names = "--server", paramLabel = "<id>", converter = Identifier.class, description = "Of that server only.")
    private String server;

    @Option(names = "--customer", paramLabel = "<id>", converter = Identifier.class, description = "Of that customer only.")
    private String customer;

    @Option(names = "--from", paramLabel = "<time>", converter = Moment.class,
            description = "Not before: 2026-03-01T03:00:00Z, 2026-03-01 (UTC), or 90m, 12h, 7d ago.")
    private Moment.InTime from;

    @Option(names = "--until", paramLabel = "<time>", converter = Moment.class, description = "Before, written in the same way.")
    private Moment.InTime until;

    @Option(names = "--most", paramLabel = "<n>", defaultValue = "1000", converter = Count.class,
            description = "So many at most, the newest ones. Without it: ${DEFAULT-VALUE}.")
    private int most;

    @Option(names = "--url", paramLabel = "<url>", converter = BaseUrl.class,
            description = "Guacamole's own URL, to ask the operator's API there.")
    private URI url;

    @Option(names = "--key-file", paramLabel = "<file>",
            description = "The file with the operator's key (made by keygen --operator), or - for standard input.")
    private String keyFile;

    @Mixin
    private Home home;

    private final Shell shell;

    AuditCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        AuditEvent.Query query = new AuditEvent.Query(Optional.ofNullable(server), Optional.ofNullable(customer),
                Optional.ofNullable(from).map(moment -> moment.at(shell.clock())),
                Optional.ofNullable(until).map(moment -> moment.at(shell.clock())), most);
        if (url == null && keyFile == null) {
            read(query);
        } else {
            ask(query);
        }
        return 0;
    }

    private void read(AuditEvent.Query query) throws CommandException {
        GuacamoleProperties properties = home.read(shell.environment());
        try (Journal journal = Journal.openToRead(ConsoleConfig.read(properties::get, properties.home()).journal())) {
            journal.audited(query).forEach(event -> shell.out().println(event.json()));
        } catch (JournalInUseException e) {
            throw new CommandException("console-journal is in use, as by a Guacamole that is running: ask that one, with --url"
                    + " <its URL> --key-file <file with the operator's key>", e);
        } catch (ConfigException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private void ask(AuditEvent.Query query) throws CommandException, InterruptedException {
        if (url == null || keyFile == null) {
            throw new CommandException("--url and --key-file go together; write both, or neither to read the journal itself");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        query.server().ifPresent(id -> parameters.put("server", id));
        query.customer().ifPresent(id -> parameters.put("customer", id));
        query.from().ifPresent(moment -> parameters.put("from", moment.toString()));
        query.until().ifPresent(moment -> parameters.put("until", moment.toString()));
        parameters.put("most", Integer.toString(query.most()));
        try (Stream<String> lines = OperatorClient.of(url, new KeyFile(shell.in()).readOperatorKey(keyFile)).get("audit", parameters)) {
            // Whatever answers there, it is not to paint on the terminal.
            lines.forEach(line -> shell.out().println(line.replaceAll("\\p{Cntrl}", "?")));
        }
    }
}
