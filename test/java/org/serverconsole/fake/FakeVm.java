package org.serverconsole.fake;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A virtual machine of a {@link FakeEngine}. Has one ticket at a time, as QEMU has one VNC password. */
public final class FakeVm {

    /** A ticket as the engine passed it on. */
    public record Ticket(String value, Duration expiry, Instant set) {

        /** Whether it would still open the console. An expiry of 0 is none. */
        public boolean opens(String password, Instant now) {
            return value.equals(password) && (expiry.isZero() || now.isBefore(set.plus(expiry)));
        }
    }

    private static final Set<String> WITH_CONSOLE =
            Set.of("up", "paused", "powering_up", "powering_down", "reboot_in_progress");

    private final String id;
    private final String name;
    private final InetSocketAddress console;
    private final ConsoleTickets sink;
    private final List<Ticket> tickets = new CopyOnWriteArrayList<>();
    private final List<String> performed = new CopyOnWriteArrayList<>();
    private volatile String status = "up";
    private volatile String address;
    private volatile Optional<String> host = Optional.empty();
    private volatile boolean vnc = true;
    private volatile boolean held;

    FakeVm(String id, String name, InetSocketAddress console, ConsoleTickets sink) {
        this.id = id;
        this.name = name;
        this.console = console;
        this.sink = sink;
        this.address = console.getHostString();
    }

    public String id() {
        return id;
    }

    String name() {
        return name;
    }

    String status() {
        return status;
    }

    /** One of the API's words, such as {@code down} or {@code migrating}. */
    public void status(String status) {
        this.status = status;
    }

    /** What has been done to its power so far. */
    public List<String> performed() {
        return List.copyOf(performed);
    }

    void perform(String action) {
        performed.add(action);
        status = switch (action) {
            case "start" -> "up";
            case "stop" -> "down";
            case "shutdown" -> "powering_down";
            default -> "reboot_in_progress";
        };
    }

    boolean hasConsole() {
        return WITH_CONSOLE.contains(status);
    }

    String address() {
        return address;
    }

    /** What the engine tells instead of the address; {@code ""} or {@code "0"} where a real one knows none. */
    public void address(String address) {
        this.address = address;
    }

    Optional<String> host() {
        return host;
    }

    /** The address of the host it runs on, where the account is shown that. */
    public void host(String address) {
        host = Optional.of(address);
    }

    InetSocketAddress console() {
        return console;
    }

    boolean vnc() {
        return vnc;
    }

    public void spiceOnly() {
        vnc = false;
    }

    boolean held() {
        return held;
    }

    /** Whether another user has been at the console since the machine started. */
    public void heldByAnotherUser(boolean held) {
        this.held = held;
    }

    void set(String value, Duration expiry) {
        sink.set(value, expiry);
        tickets.add(new Ticket(value, expiry, Instant.now()));
    }

    /** All tickets ever set, oldest first; the last one holds. */
    public List<Ticket> tickets() {
        return List.copyOf(tickets);
    }

    public Optional<Ticket> ticket() {
        return tickets.isEmpty() ? Optional.empty() : Optional.of(tickets.get(tickets.size() - 1));
    }
}
