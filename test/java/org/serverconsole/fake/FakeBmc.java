package org.serverconsole.fake;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A BMC with cipher suites 17 and 3, written from the IPMI 2.0 specification, for what {@code ipmi_sim} lacks: suite 17, the
 * quirks of real BMCs' users, a short idle limit, few sessions, silence and garbage. {@code ipmitool -C 17} accepts it.
 */
public final class FakeBmc implements AutoCloseable {

    private static final int TICK = 20;
    private static final long RECENTLY = Duration.ofSeconds(3).toNanos();

    private final DatagramSocket socket;
    private final byte[] guid = "fake-bmc-of-test".getBytes(StandardCharsets.US_ASCII);
    private final Set<Integer> suites;
    private final FakeBmcUsers users;
    private final FakeSerial serial = new FakeSerial(this);
    private final Map<Integer, FakeBmcSession> sessions = new HashMap<>();
    private final Map<SocketAddress, Long> heard = new HashMap<>();
    private final List<Command> commands = new ArrayList<>();
    private int nextId = 0x01000001;
    private int solOwner;
    private int mostSessions = 64;
    private long idleNanos = Duration.ofSeconds(60).toNanos();
    private boolean on = true;
    private boolean solEnabled = true;
    private boolean tellsSolConfiguration = true;
    private int busy;
    private Behaviour behaviour = Behaviour.ANSWERS;

    /** What it does with packets. */
    public enum Behaviour { ANSWERS, SILENT, GARBAGE }

    /** A command that came in a session. */
    public record Command(int netFn, int command, byte[] data, String username) { }

    /** One user; changed by the BMC only. */
    public static final class User {

        static final User NOBODY = new User("");

        volatile String name;
        volatile byte[] password = {};
        volatile boolean enabled;
        volatile boolean messaging;
        volatile int privilege = 0x0F;

        User(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }

        public boolean enabled() {
            return enabled;
        }

        /** 2 user, 3 operator, 4 administrator, 15 no access. */
        public int privilege() {
            return privilege;
        }
    }

    private FakeBmc(DatagramSocket socket, Set<Integer> suites, String freeName) {
        this.socket = socket;
        this.suites = suites;
        this.users = new FakeBmcUsers(16, freeName);
    }

    /** One with suites 17 and 3, whose free slots have no name. */
    public static FakeBmc start() throws IOException {
        return start(InetAddress.getLoopbackAddress(), Set.of(3, 17), "");
    }

    /**
     * @param suites the numbers of the cipher suites it says it has
     * @param freeName what free slots for users are called
     */
    public static FakeBmc start(InetAddress address, Set<Integer> suites, String freeName) throws IOException {
        DatagramSocket socket = new DatagramSocket(0, address);
        socket.setSoTimeout(TICK);
        FakeBmc bmc = new FakeBmc(socket, suites, freeName);
        Thread thread = new Thread(bmc::run, "fake BMC " + socket.getLocalPort());
        thread.setDaemon(true);
        thread.start();
        return bmc;
    }

    public int port() {
        return socket.getLocalPort();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(socket.getLocalAddress(), port());
    }

    /** Puts a user there who may log in. */
    public synchronized void addUser(int slot, String name, String password, int privilege) {
        User user = users.slot(slot);
        user.name = name;
        user.password = password.getBytes(StandardCharsets.UTF_8);
        VendorSecrets.keep(password);
        user.enabled = true;
        user.messaging = true;
        user.privilege = privilege;
    }

    public synchronized User user(int slot) {
        return users.slot(slot);
    }

    public FakeSerial serial() {
        return serial;
    }

    public synchronized void behave(Behaviour newBehaviour) {
        behaviour = newBehaviour;
    }

    public synchronized void mostSessions(int sessions) {
        mostSessions = sessions;
    }

    /** After what time without a packet a session ends. */
    public synchronized void idleLimit(Duration limit) {
        idleNanos = limit.toNanos();
    }

    public synchronized void solEnabled(boolean enabled) {
        solEnabled = enabled;
    }

    /** Whether it knows the command to read the settings of Serial over LAN. */
    public synchronized void tellsSolConfiguration(boolean tells) {
        tellsSolConfiguration = tells;
    }

    /** Answers the next commands with "busy". */
    public synchronized void busyFor(int count) {
        busy = count;
    }

    public synchronized boolean isOn() {
        return on;
    }

    /** How many sessions are open, those in the midst of their login included. */
    public synchronized int sessions() {
        return sessions.size();
    }

    /** How many of them are past their login. */
    public synchronized int loggedIn() {
        return (int) sessions.values().stream().filter(session -> session.active).count();
    }

    /** Whether a console is active. */
    public synchronized boolean solActive() {
        return solOwner != 0;
    }

    /** Forgets all sessions without a word, as after a restart of the BMC. */
    public synchronized void forgetSessions() {
        List.copyOf(sessions.values()).forEach(this::end);
    }

    /** How many others have sent packets in the last three seconds. */
    public synchronized int askers() {
        return (int) heard.values().stream().filter(when -> System.nanoTime() - when < RECENTLY).count();
    }

    /** Who has ever sent packets. */
    public synchronized Set<SocketAddress> peers() {
        return Set.copyOf(heard.keySet());
    }

    /** The commands so far that came in a session. */
    public synchronized List<Command> commands() {
        return List.copyOf(commands);
    }

    private void run() {
        byte[] buffer = new byte[2048];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                synchronized (this) {
                    heard.put(packet.getSocketAddress(), System.nanoTime());
                    receive(Arrays.copyOf(buffer, packet.getLength()), packet.getSocketAddress());
                }
            } catch (SocketTimeoutException quiet) {
                // What is due without a packet follows.
            } catch (IOException closed) {
                return;
            }
            tick();
        }
    }

    private synchronized void tick() {
        long now = System.nanoTime();
        List.copyOf(sessions.values()).stream().filter(session -> now - session.lastHeard > idleNanos).forEach(this::end);
        serial.tick();
    }

    private void end(FakeBmcSession session) {
        sessions.remove(session.id);
        if (solOwner == session.id) {
            solOwner = 0;
            serial.deactivated();
        }
    }

    private void receive(byte[] packet, SocketAddress from) {
        switch (behaviour) {
            case SILENT -> { }
            case GARBAGE -> send("not a BMC at all".getBytes(StandardCharsets.US_ASCII), from);
            case ANSWERS -> {
                if (packet.length >= 14 && packet[4] == 0) {
                    receiveSessionless(packet, from);
                } else if (packet.length >= 16 && packet[4] == 6) {
                    receivePlus(packet, from);
                }
            }
        }
    }

    private void send(byte[] packet, SocketAddress to) {
        try {
            socket.send(new DatagramPacket(packet, packet.length, to));
        } catch (IOException gone) {
            // As lost as on any network.
        }
    }

    private void receiveSessionless(byte[] packet, SocketAddress from) {
        byte[] message = Arrays.copyOfRange(packet, 14, packet.length);
        byte[] data = Arrays.copyOfRange(message, 6, message.length - 1);
        byte[] answer = switch (message[5]) {
            case 0x38 -> new byte[] {0, 1, (byte) 0x80, 0x04, 0x02, 0, 0, 0, 0};
            case 0x54 -> cipherSuites(data[2] & 0x3F);
            default -> new byte[] {(byte) 0xD5};
        };
        byte[] body = answer(message, answer);
        send(ByteBuffer.allocate(14 + body.length).put(new byte[] {6, 0, (byte) 0xFF, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                .put((byte) body.length).put(body).array(), from);
    }

    /** With two OEM suites in front, whose bytes look like others'. */
    private byte[] cipherSuites(int part) {
        ByteBuffer all = ByteBuffer.allocate(64).put(new byte[] {(byte) 0xC1, (byte) 0x80, (byte) 0xC0, 17, 0, 0x01, 0x41, (byte) 0x81});
        suites.stream().sorted().forEach(suite -> all.put(suite == 17
                ? new byte[] {(byte) 0xC0, 17, 0x03, 0x44, (byte) 0x81}
                : new byte[] {(byte) 0xC0, suite.byteValue(), 0x01, 0x41, (byte) 0x81}));
        byte[] records = Arrays.copyOf(all.array(), all.position());
        int from = Math.min(part * 16, records.length);
        byte[] piece = Arrays.copyOfRange(records, from, Math.min(from + 16, records.length));
        return ByteBuffer.allocate(2 + piece.length).put((byte) 0).put((byte) 1).put(piece).array();
    }

    private static byte[] answer(byte[] request, byte[] codeAndData) {
        byte[] answer = new byte[7 + codeAndData.length];
        answer[0] = request[3];
        answer[1] = (byte) (request[1] | 4);
        answer[2] = (byte) -(answer[0] + answer[1]);
        answer[3] = request[0];
        answer[4] = request[4];
        answer[5] = request[5];
        System.arraycopy(codeAndData, 0, answer, 6, codeAndData.length);
        int sum = 0;
        for (int i = 3; i < answer.length - 1; i++) {
            sum += answer[i];
        }
        answer[answer.length - 1] = (byte) -sum;
        return answer;
    }

    private void receivePlus(byte[] packet, SocketAddress from) {
        ByteBuffer header = ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN);
        int id = header.getInt(6);
        byte[] payload = Arrays.copyOfRange(packet, 16, 16 + (header.getShort(14) & 0xFFFF));
        if (id == 0) {
            switch (packet[5]) {
                case 0x10 -> openSession(payload, from);
                case 0x12 -> rakp1(payload, from);
                case 0x14 -> rakp3(payload, from);
                default -> { }
            }
            return;
        }
        FakeBmcSession session = sessions.get(id);
        if (session != null && session.active) {
            session.open(packet).ifPresent(clear -> {
                session.lastHeard = System.nanoTime();
                if ((packet[5] & 0x3F) == 1 && solOwner == id) {
                    serial.receive(clear, header.getInt(10));
                } else if ((packet[5] & 0x3F) == 0) {
                    execute(session, clear);
                }
            });
        }
    }

    private void sendHandshake(int type, byte[] payload, SocketAddress to) {
        send(ByteBuffer.allocate(16 + payload.length).order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {6, 0, (byte) 0xFF, 7, 6, (byte) type}).putInt(0).putInt(0)
                .putShort((short) payload.length).put(payload).array(), to);
    }

    private void openSession(byte[] message, SocketAddress from) {
        int suite = message[12] == 3 && message[20] == 4 ? 17 : message[12] == 1 && message[20] == 1 ? 3 : 0;
        int status = !suites.contains(suite) || message[28] != 1 ? 0x11 : sessions.size() >= mostSessions ? 0x01 : 0;
        if (status != 0) {
            sendHandshake(0x11, new byte[] {message[0], (byte) status}, from);
            return;
        }
        int consoleId = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        FakeBmcSession session = new FakeBmcSession(suite, consoleId, nextId++, from);
        sessions.put(session.id, session);
        sendHandshake(0x11, ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN)
                .put(message[0]).put((byte) 0).put(message[1]).put((byte) 0).putInt(consoleId).putInt(session.id)
                .put(message, 8, 24).array(), from);
    }

    private Optional<FakeBmcSession> inLogin(byte[] message) {
        return Optional.ofNullable(sessions.get(ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(4)))
                .filter(session -> !session.active);
    }

    private void rakp1(byte[] message, SocketAddress from) {
        inLogin(message).ifPresent(session -> {
            byte[] name = Arrays.copyOfRange(message, 28, 28 + message[27]);
            Optional<User> user = users.enabled(new String(name, StandardCharsets.UTF_8));
            int status = user.isEmpty() ? 0x0D : user.get().privilege < (message[24] & 0x0F) ? 0x0A : 0;
            if (status != 0) {
                sessions.remove(session.id);
                sendHandshake(0x13, handshake(message[0], status, session, new byte[0]), from);
                return;
            }
            session.user = user.get();
            session.role = message[24];
            session.consoleRandom = Arrays.copyOfRange(message, 8, 24);
            byte[] code = session.challenge(guid, name);
            sendHandshake(0x13, handshake(message[0], 0, session, ByteBuffer.allocate(32 + code.length)
                    .put(session.random).put(guid).put(code).array()), from);
        });
    }

    private void rakp3(byte[] message, SocketAddress from) {
        inLogin(message).ifPresent(session -> {
            byte[] name = session.user.name.getBytes(StandardCharsets.UTF_8);
            if (message[1] != 0 || !session.provesPassword(Arrays.copyOfRange(message, 8, message.length), name)) {
                sessions.remove(session.id);
                if (message[1] == 0) {
                    sendHandshake(0x15, handshake(message[0], 0x0F, session, new byte[0]), from);
                }
                return;
            }
            session.active = true;
            sendHandshake(0x15, handshake(message[0], 0, session, session.acceptance(guid)), from);
        });
    }

    private static byte[] handshake(int tag, int status, FakeBmcSession session, byte[] rest) {
        return ByteBuffer.allocate(8 + rest.length).order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) tag).put((byte) status).putShort((short) 0).putInt(session.consoleId).put(rest).array();
    }

    private void execute(FakeBmcSession session, byte[] message) {
        int netFn = (message[1] & 0xFF) >> 2;
        int command = message[5] & 0xFF;
        byte[] data = Arrays.copyOfRange(message, 6, message.length - 1);
        commands.add(new Command(netFn, command, data, session.user.name));
        byte[] answer = busy > 0 ? code(0xC0) : answerTo(session, netFn << 8 | command, data);
        busy = Math.max(0, busy - 1);
        byte[] sealed = session.seal(0, answer(message, answer));
        if (netFn == 6 && command == 0x3C && answer[0] == 0) {
            end(session);
        }
        send(sealed, session.peer);
        if (netFn == 6 && command == 0x48 && answer[0] == 0) {
            serial.activated(packet -> send(session.seal(1, packet), session.peer));
        }
    }

    private static byte[] code(int completionCode) {
        return new byte[] {(byte) completionCode};
    }

    private byte[] answerTo(FakeBmcSession session, int command, byte[] data) {
        boolean administers = command >= 0x643 && command <= 0x647;
        if (administers && session.privilege < 4 || command == 0x002 && session.privilege < 3) {
            return code(0xD4);
        }
        return switch (command) {
            case 0x001 -> new byte[] {0, (byte) (on ? 1 : 0), 0, 0};
            case 0x002 -> code(control(data[0]));
            case 0x601 -> new byte[] {0, 0x20, 1, 2, 0x43, 2, (byte) 0x8F, 0, 0, 0, 0, 0};
            case 0x63B -> privilege(session, data[0]);
            case 0x63C -> code(Arrays.equals(data, FakeBmcSession.little(session.id)) ? 0 : 0x87);
            case 0x643 -> code(users.setAccess(data));
            case 0x644 -> users.access(data);
            case 0x645 -> code(users.setName(data));
            case 0x646 -> users.name(data);
            case 0x647 -> code(users.setPassword(data));
            case 0x648 -> activate(session);
            case 0x649 -> deactivate();
            case 0xC22 -> tellsSolConfiguration ? new byte[] {0, 0x11, (byte) (solEnabled ? 1 : 0)} : code(0xC1);
            case 0x64B -> ByteBuffer.allocate(13).put((byte) 0).put(FakeBmcSession.little(solOwner)).array();
            default -> code(0xC1);
        };
    }

    private byte[] privilege(FakeBmcSession session, int wanted) {
        if (wanted > session.user.privilege || wanted > (session.role & 0x0F)) {
            return code(0x81);
        }
        session.privilege = wanted == 0 ? session.privilege : wanted;
        return new byte[] {0, (byte) session.privilege};
    }

    private int control(int action) {
        if (!on && action != 1) {
            return 0xD5;
        }
        on = action != 0 && action != 5;
        return 0;
    }

    private byte[] activate(FakeBmcSession session) {
        if (!solEnabled) {
            return code(0x81);
        }
        if (solOwner != 0) {
            return code(0x80);
        }
        solOwner = session.id;
        int size = serial.packetSize() + 4;
        return ByteBuffer.allocate(13).order(ByteOrder.LITTLE_ENDIAN).put((byte) 0).putInt(0)
                .putShort((short) size).putShort((short) size).putShort((short) port()).putShort((short) 0xFFFF).array();
    }

    private byte[] deactivate() {
        if (solOwner == 0) {
            return code(0x80);
        }
        solOwner = 0;
        serial.deactivated();
        return code(0);
    }

    @Override
    public void close() {
        socket.close();
    }
}
