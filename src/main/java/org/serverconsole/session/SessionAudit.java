package org.serverconsole.session;

import java.util.function.Consumer;
import org.serverconsole.adapter.AdapterException;
import org.serverconsole.journal.Audit;
import org.serverconsole.journal.AuditEvent;

/**
 * Has the audit tell what becomes of each console session: {@code open}, {@code extend}, {@code record},
 * {@code watch}, {@code lost} and {@code end}.
 */
public record SessionAudit(Audit audit) implements Consumer<SessionEvent> {

    private static final String OPEN = "open";

    @Override
    public void accept(SessionEvent event) {
        // Java 17 has no switch over types yet. Of a start, the login's own line tells more.
        if (event instanceof SessionEvent.Opened opened) {
            write(event, OPEN, AuditEvent.OK,
                    event.session().server().type() + " answered in " + opened.took().toMillis() + " ms");
        } else if (event instanceof SessionEvent.Failed failed) {
            write(event, OPEN, failed.kind().map(AdapterException.Kind::name).orElse("INTERNAL"),
                    event.session().server().type() + " failed after " + failed.took().toMillis() + " ms");
        } else if (event instanceof SessionEvent.Extended) {
            write(event, "extend", AuditEvent.OK, "until " + event.session().deadline());
        } else if (event instanceof SessionEvent.Recorded recorded) {
            write(event, "record", AuditEvent.OK, recorded.name());
        } else if (event instanceof SessionEvent.Watched watched) {
            audit.write(AuditEvent.at(audit.now(), "watch", AuditEvent.OK)
                    .server(event.session().server().id()).customer(watched.who()).address(watched.address())
                    .key(event.session().id()));
        } else if (event instanceof SessionEvent.Lost) {
            write(event, "lost", AuditEvent.OK, event.session().server().type() + " closed the console");
        } else if (event instanceof SessionEvent.Ended ended) {
            write(event, "end", AuditEvent.OK, ended.reason().name());
        }
    }

    private void write(SessionEvent event, String action, String outcome, String reason) {
        ConsoleSession session = event.session();
        audit.write(AuditEvent.at(audit.now(), action, outcome)
                .server(session.server().id()).customer(session.customer()).key(session.id()).reason(reason));
    }
}
