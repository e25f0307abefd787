package org.serverconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.serverconsole.adapter.AdapterException.Kind;
import org.serverconsole.config.Secret;
import org.serverconsole.fake.Received;
import org.serverconsole.fake.RecordedOpening;
import org.serverconsole.fake.VendorSecrets;
import org.serverconsole.inventory.Server;
import org.serverconsole.inventory.ServerRule;
import org.serverconsole.kiosk.Kiosks;
import org.serverconsole.rfb.RfbConnector;

/**
 * What every adapter does, whoever the vendor is. A subclass describes servers of its vendor; the silent one has a deadline of
 * a few seconds at most. An adapter whose consoles are no RFB says what they answer instead.
 */
@Timeout(30)
public abstract class ConsoleAdapterContract {

    private EventLoopGroup group;
    private ConsoleAdapter adapter;
    private final List<ConsoleAdapter> started = new ArrayList<>();

    /** A new adapter, not started. */
    protected abstract ConsoleAdapter newAdapter() throws Exception;

    /** A server whose console can be had. */
    protected abstract Server right() throws Exception;

    /** A server whose entry has a wrong password. */
    protected abstract Server wrongPassword() throws Exception;

    /** A server at whose address nothing listens. */
    protected abstract Server dead() throws Exception;

    /** A server that accepts connections and never says anything. */
    protected abstract Server silent() throws Exception;

    /** A server all of whose consoles are in use, or whose management system has no session left. */
    protected abstract Server busy() throws Exception;

    /** A server that answers what nobody can make sense of. */
    protected abstract Server garbage() throws Exception;

    /** A server whose certificate is not that of its entry; empty where there is no TLS. */
    protected abstract Optional<Server> untrusted() throws Exception;

    /** Twenty servers that are opened at once; of those that share a console all but one may be busy. */
    protected abstract List<Server> twenty() throws Exception;

    /** Whether what an opening of {@link #right()} was granted still lets somebody in at the vendor. */
    protected abstract boolean granted() throws Exception;

    /** How many of our logins the vendor still has. */
    protected abstract int sessions();

    /** The options without which {@link #right()} would be no entry. */
    protected abstract List<String> requiredOptions();

    /** How many connections to the vendor's parts are open now, counted at the vendor's side. */
    protected abstract int openConnections();

    /** What is spoken on its consoles. */
    protected ConsoleStream.Protocol protocol() {
        return ConsoleStream.Protocol.RFB;
    }

    /** Shows that the console of {@link #right()} is there and alive, by what it answers. */
    protected void assertAnswers(ConsoleStream stream) throws Exception {
        Received received = Received.from(stream.channel());
        stream.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        // ServerInit: 24 bytes, of which the last four are the length of the name behind them (RFC 6143, 7.3.2).
        await().untilAsserted(() -> assertThat(received.bytes()).hasSizeGreaterThanOrEqualTo(24));
        int name = Unpooled.wrappedBuffer(received.bytes()).getInt(20);
        await().untilAsserted(() -> assertThat(received.bytes()).hasSize(24 + name));
    }

    /** What is told of {@link #dead()}: over UDP it cannot be told from a silent one. */
    protected Kind deadKind() {
        return Kind.UNREACHABLE;
    }

    /** What a crash of this process does to its console: a connection ends, where there is one. */
    protected void crash(ConsoleStream stream) throws Exception {
        stream.channel().close().sync();
    }

    /** What the adapter needs to trust the vendor's parts, as property {@code console-ca-file}. */
    protected Optional<Path> caFile() {
        return Optional.empty();
    }

    /** Where its consoles are web pages: the browsers for them, closed by the subclass. */
    protected Kiosks kiosks() {
        return Kiosks.none();
    }

    private AdapterEnvironment environment() {
        return new AdapterEnvironment(RfbConnector.on(group), new SecureRandom(), caFile(), kiosks());
    }

    @BeforeEach
    void startTheAdapter() throws Exception {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        adapter = newAdapter();
        adapter.start(environment());
    }

    @AfterEach
    void closeTheAdapter() {
        adapter.close();
        started.forEach(ConsoleAdapter::close);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }

    @Test
    void theOptionsOfAServerAreAmongThoseThatItsTypeHas() throws Exception {
        assertThat(adapter.options()).isNotEmpty().containsAll(right().options().keySet());
    }

    @Test
    void aRightEntryOpensAConsoleThatAnswers() throws Exception {
        RecordedOpening opening = new RecordedOpening();

        ConsoleStream stream = adapter.open(right(), opening);

        assertThat(stream.protocol()).isEqualTo(protocol());
        assertThat(stream.channel().config().isAutoRead()).isFalse();
        assertThat(opening.steps()).contains(Opening.Step.CONNECTING_CONSOLE);
        assertAnswers(stream);
        stream.channel().close().sync();
    }

    @Test
    void aWrongPasswordIsRejectedCredentials() throws Exception {
        Server server = wrongPassword();

        AdapterException failure = failure(server);

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.REJECTED_CREDENTIALS);
        assertThat(failure).message().doesNotContain(server.password().reveal());
        assertNothingLeft();
    }

    @Test
    void whereNothingListensThereIsNoConsole() throws Exception {
        AdapterException failure = failure(dead());

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(deadKind());
        assertNothingLeft();
    }

    @Test
    void aSilentServerIsATimeout() throws Exception {
        AdapterException failure = failure(silent());

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.TIMEOUT);
        assertNothingLeft();
    }

    @Test
    void aConsoleInUseIsBusy() throws Exception {
        AdapterException failure = failure(busy());

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.BUSY);
        assertNothingLeft();
    }

    @Test
    void garbageIsAProtocolError() throws Exception {
        AdapterException failure = failure(garbage());

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.PROTOCOL);
        assertThat(failure.getMessage()).hasLineCount(1);
        assertNothingLeft();
    }

    @Test
    void aWrongCertificateIsUnreachableAndSaysWhatWasPresented() throws Exception {
        Optional<Server> untrusted = untrusted();
        assumeTrue(untrusted.isPresent(), "no TLS here");

        AdapterException failure = failure(untrusted.get());

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContainingAll("presented: subject ", "issuer ", "valid ", "\"tls\": \"sha256:");
        assertThat(sessions()).isZero();
        assertNothingLeft();
    }

    @Test
    void whatIsTakenBackTwiceIsTakenBack() throws Exception {
        RecordedOpening opening = new RecordedOpening();
        adapter.open(right(), opening).channel().close().sync();

        revoke(adapter, opening);
        revoke(adapter, opening);

        assertThat(granted()).isFalse();
        // And no console is lost by it.
        adapter.open(right(), new RecordedOpening()).channel().close().sync();
    }

    @Test
    void aCrashBeforeTheVendorIsChangedLeavesNothing() throws Exception {
        RecordedOpening opening = new RecordedOpening();
        opening.crashOnLease();
        try {
            adapter.open(right(), opening).channel().close().sync();
            assertThat(opening.leases()).as("nothing was to be journalled").isEmpty();
        } catch (RecordedOpening.Crash e) {
            assertThat(granted()).as("the vendor is changed after the lease is journalled only").isFalse();
        }

        revoke(afterRestart(), opening);

        assertThat(granted()).isFalse();
    }

    @Test
    void whatACrashLeftIsTakenBackByTheNextRun() throws Exception {
        RecordedOpening opening = new RecordedOpening();
        crash(adapter.open(right(), opening));
        assertThat(granted()).isEqualTo(!opening.leases().isEmpty());

        revoke(afterRestart(), opening);

        assertThat(granted()).isFalse();
    }

    @Test
    void afterTwentyOpeningsAtOnceNothingIsLeft() throws Exception {
        List<Server> servers = twenty();
        List<RecordedOpening> leases = servers.stream().map(server -> new RecordedOpening()).toList();
        List<FutureTask<ConsoleStream>> openings = IntStream.range(0, servers.size())
                .mapToObj(i -> new FutureTask<>(() -> adapter.open(servers.get(i), leases.get(i)))).toList();
        openings.forEach(task -> new Thread(task).start());

        List<ConsoleStream> streams = new ArrayList<>();
        for (FutureTask<ConsoleStream> task : openings) {
            try {
                streams.add(task.get());
            } catch (ExecutionException e) {
                assertThat(e).cause().isInstanceOf(AdapterException.class)
                        .extracting(failure -> ((AdapterException) failure).kind()).as(e.toString()).isEqualTo(Kind.BUSY);
            }
        }
        assertThat(streams).isNotEmpty();
        for (ConsoleStream stream : streams) {
            stream.channel().close().sync();
        }
        for (int i = 0; i < servers.size(); i++) {
            for (Map<String, String> undo : leases.get(i).leases()) {
                adapter.revoke(servers.get(i), undo);
            }
        }
        adapter.close();

        assertThat(sessions()).isZero();
        assertNothingLeft();
    }

    @Test
    void noLoginOutlivesTheAdapter() throws Exception {
        adapter.open(right(), new RecordedOpening()).channel().close().sync();

        adapter.close();

        assertThat(sessions()).isZero();
        assertNothingLeft();
    }

    private void revoke(ConsoleAdapter by, RecordedOpening opening) throws Exception {
        for (Map<String, String> undo : opening.leases()) {
            by.revoke(right(), undo);
        }
    }

    /** A new process that knows nothing but the journal. */
    private ConsoleAdapter afterRestart() throws Exception {
        ConsoleAdapter next = newAdapter();
        next.start(environment());
        started.add(next);
        return next;
    }

    @Test
    void anInterruptEndsTheOpening() throws Exception {
        Server silent = silent();
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            try {
                adapter.open(silent, new RecordedOpening());
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread caller = new Thread(interrupted);
        caller.start();
        await().until(() -> openConnections() > 0);

        caller.interrupt();

        assertThat(interrupted.get()).isTrue();
        assertNothingLeft();
    }

    /** What a look at a console that is there finds: whether it is, for most. */
    protected Finding.Outcome lookedAtConsole() {
        return Finding.Outcome.OK;
    }

    @Test
    void lookingAtARightEntryFindsItsConsoleAndLeavesNothing() throws Exception {
        Server server = right();
        List<Finding> found = new ArrayList<>();

        adapter.probe(server, found::add);

        assertThat(found).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.outcome()).as(finding.detail()).isNotEqualTo(Finding.Outcome.FAULT);
            assertThat(finding.detail()).hasLineCount(1).doesNotContain(server.password().reveal());
        });
        assertThat(found).extracting(Finding::subject).isSorted().doesNotHaveDuplicates();
        assertThat(found).last().extracting(Finding::outcome).isEqualTo(lookedAtConsole());
        adapter.close();
        assertThat(granted()).isFalse();
        assertThat(sessions()).isZero();
        assertNothingLeft();
    }

    @Test
    void anEntryWithAllItsOptionsIsAccepted() throws Exception {
        assertThat(adapter.check(right())).isEmpty();
    }

    @Test
    void anEntryThatLacksARequiredOptionIsRefusedByItsName() throws Exception {
        Server right = right();
        assertThat(right.options()).containsKeys(requiredOptions().toArray(String[]::new));
        for (String option : requiredOptions()) {
            Map<String, String> rest = new HashMap<>(right.options());
            rest.remove(option);
            Server lacking = new Server(right.id(), right.label(), right.type(), right.pin(), right.password(), rest);

            assertThat(adapter.check(lacking)).map(ServerRule.Problem::option).contains(option);
        }
    }

    @Test
    void theTypeIsThatOfItsEntries() throws Exception {
        assertThat(adapter.type()).isEqualTo(right().type());
    }

    private AdapterException failure(Server server) {
        AdapterException failure = catchThrowableOfType(AdapterException.class, () -> adapter.open(server, new RecordedOpening()));
        assertThat(failure).as("refused").isNotNull();
        assertThat(VendorSecrets.in(Throwables.getStackTrace(failure))).as("secret in " + failure).isEmpty();
        return failure;
    }

    private void assertNothingLeft() {
        await().untilAsserted(() -> assertThat(openConnections()).isZero());
    }

    /** A server of that type, without PIN. */
    protected static Server server(String type, String password, Map<String, String> options) {
        return new Server("20110", "20110", type, Secret.NONE, Secret.of(password), options);
    }
}
