package org.serverconsole.journal;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all work on the database, in order, on one thread of its own, and commits whatever is waiting together: a write to
 * the disk costs far more than an insert, so under load many callers share one. Each caller's work succeeds or fails alone.
 *
 * <p>The thread is its own also because H2 closes its file when the thread that writes it is interrupted; a caller may be
 * interrupted at any time without harm.
 */
final class CommitQueue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CommitQueue.class);

    private final Jdbi jdbi;
    private final int largestBatch;
    private final HikariDataSource pool;
    private final Dialect dialect;
    private final BlockingQueue<Work<?>> waiting = new LinkedBlockingQueue<>();
    private final Work<Void> last = new Work<>(handle -> null, false);
    private final Thread thread;
    private boolean closed;

    /**
     * @param largestBatch how much is committed together at the most
     * @param pool where the connections come from
     */
    CommitQueue(Jdbi jdbi, int largestBatch, HikariDataSource pool, Dialect dialect) {
        this.jdbi = jdbi;
        this.largestBatch = largestBatch;
        this.pool = pool;
        this.dialect = dialect;
        this.thread = new Thread(this::loop, "console-journal");
        thread.setDaemon(true);
        thread.setContextClassLoader(CommitQueue.class.getClassLoader());
        thread.start();
    }

    /** Returns once the work is committed. */
    <T> T run(HandleCallback<T, RuntimeException> action) {
        return run(new Work<>(action, true));
    }

    /**
     * The same of work that is one statement: where that fails it leaves nothing to be rolled back. In PostgreSQL it would spoil
     * the transaction for the others, but there each has one of its own.
     */
    <T> T runOne(HandleCallback<T, RuntimeException> statement) {
        return run(new Work<>(statement, false));
    }

    private <T> T run(Work<T> work) {
        add(work);
        return work.await();
    }

    private synchronized void add(Work<?> work) {
        if (closed) {
            throw new IllegalStateException("The journal is closed.");
        }
        waiting.add(work);
    }

    /** Lets what is waiting finish. */
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                waiting.add(last);
            }
        }
        last.await();
    }

    private void loop() {
        List<Work<?>> batch = new ArrayList<>();
        while (!batch.contains(last)) {
            batch.clear();
            try {
                batch.add(waiting.take());
            } catch (InterruptedException e) {
                // Nobody but this class knows the thread; it ends by close() only.
                continue;
            }
            waiting.drainTo(batch, largestBatch - 1);
            commit(batch);
        }
    }

    private void commit(List<Work<?>> batch) {
        Handle handle;
        try {
            handle = jdbi.open();
        } catch (Throwable e) {
            batch.forEach(work -> work.failed(e));
            failWaiting(e);
            return;
        }
        try {
            transact(handle, batch);
        } catch (Throwable e) {
            // An Error, too, must reach the callers rather than end this thread and leave them waiting.
            batch.forEach(work -> work.failed(e));
            giveUp(handle.getConnection());
        }
    }

    /**
     * By hand, since what Jdbi does after a failed commit, a rollback and another commit, are statements that H2 may never end
     * once its file has failed: nothing at all is said on such a connection.
     */
    private void transact(Handle handle, List<Work<?>> batch) throws SQLException {
        Connection connection = handle.getConnection();
        connection.setAutoCommit(false);
        if (batch.size() == 1) {
            batch.get(0).attemptAlone(handle, dialect);
        } else {
            batch.forEach(work -> work.attempt(handle, dialect));
        }
        connection.commit();
        try {
            if (batch.stream().anyMatch(Work::foundReadOnly)) {
                giveUp(connection);
            } else {
                connection.setAutoCommit(true);
                handle.close();
            }
        } finally {
            // What is committed stays so, whatever becomes of the connection.
            batch.forEach(Work::committed);
        }
    }

    /** The next one works, then. Whatever comes of it must not end this thread. */
    private void giveUp(Connection connection) {
        try {
            try {
                dialect.letGo(connection);
            } finally {
                pool.evictConnection(connection);
            }
        } catch (RuntimeException e) {
            LOG.warn("The journal's connection could not be replaced: {}", e.toString());
        }
    }

    /** Who came while the database could not be reached has waited for it, too: one after the other they would wait for ever. */
    private synchronized void failWaiting(Throwable cause) {
        List<Work<?>> all = new ArrayList<>();
        waiting.drainTo(all);
        all.stream().filter(work -> work != last).forEach(work -> work.failed(cause));
        if (all.contains(last)) {
            waiting.add(last);
        }
    }

    /** What one caller wants done. */
    private static final class Work<T> {

        private static final String BEFORE = "before_work";

        /** SQL state {@code read_only_sql_transaction}. */
        private static final String READ_ONLY = "25006";

        private final HandleCallback<T, RuntimeException> action;
        private final boolean leavesParts;
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private T result;
        private RuntimeException failure;

        /** @param leavesParts whether there may be something to be rolled back where it fails */
        Work(HandleCallback<T, RuntimeException> action, boolean leavesParts) {
            this.action = action;
            this.leavesParts = leavesParts;
        }

        void attempt(Handle handle, Dialect dialect) {
            if (leavesParts) {
                handle.savepoint(BEFORE);
            }
            if (!succeeds(handle, dialect) && leavesParts) {
                handle.rollbackToSavepoint(BEFORE);
            }
        }

        /** In a transaction of its own, which needs no savepoint: for a database across the network that is a question less. */
        void attemptAlone(Handle handle, Dialect dialect) throws SQLException {
            if (!succeeds(handle, dialect)) {
                handle.getConnection().rollback();
            }
        }

        private boolean succeeds(Handle handle, Dialect dialect) {
            try {
                result = action.withHandle(handle);
                return true;
            } catch (RuntimeException e) {
                if (dialect.hasFailed(handle.getConnection())) {
                    throw e;
                }
                failure = e;
                return false;
            }
        }

        /** Whether this database takes no changes any more, as one whose place another has taken. */
        boolean foundReadOnly() {
            return failure != null && failure.getCause() instanceof SQLException e && READ_ONLY.equals(e.getSQLState());
        }

        void committed() {
            if (failure == null) {
                done.complete(result);
            } else {
                done.completeExceptionally(failure);
            }
        }

        void failed(Throwable cause) {
            done.completeExceptionally(cause);
        }

        T await() {
            try {
                return done.join();
            } catch (CompletionException e) {
                throw new JournalException(e.getCause());
            }
        }
    }
}
