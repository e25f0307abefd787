package org.serverconsole.kiosk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.fake.Viewing;

/** Somewhere else, on this machine where it is nearest, waits for anybody who comes out of a kiosk. */
@Timeout(60)
class WaysOutIT {

    private static final int CONTROL = 0xFFE3;
    private static final int ALT = 0xFFE9;
    private static final int SHIFT = 0xFFE1;
    private static final int ENTER = 0xFF0D;
    private static final int F1 = 0xFFBE;

    @TempDir
    Path folder;

    private KioskHouse house;
    private ServerSocket elsewhere;
    private DatagramSocket stun;
    private final AtomicInteger visitors = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        house = new KioskHouse(folder, 1, 0);
        elsewhere = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        stun = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread door = new Thread(this::count, "elsewhere");
        door.setDaemon(true);
        door.start();
    }

    @AfterEach
    void stop() throws IOException {
        house.close();
        elsewhere.close();
        stun.close();
    }

    private void count() {
        while (!elsewhere.isClosed()) {
            try (Socket visitor = elsewhere.accept()) {
                visitors.incrementAndGet();
            } catch (IOException e) {
                // Closed at the end.
            }
        }
    }

    /** A console whose page also does that; ELSEWHERE stands for host and port. */
    private Kiosk open(String script) throws Exception {
        String there = "127.0.0.1:" + elsewhere.getLocalPort();
        house.site().page("/redirect", "redirect:https://" + there + "/");
        house.site().page("/worker.js", "");
        house.site().page("/console", """
                <canvas id="kvm" width="640" height="480" tabindex="0"></canvas><script>
                const canvas = document.querySelector('canvas');
                canvas.getContext('2d').fillText('console', 20, 20);
                new WebSocket('wss://' + location.host + '/kvm').onopen = event => {
                  canvas.onkeydown = e => event.target.send('key ' + e.key);
                  setTimeout(() => { %s }, 300);
                };</script>""".formatted(script.replace("ELSEWHERE", there).replace("STUN", "127.0.0.1:" + stun.getLocalPort())));
        return house.open(page -> {
            page.go("/console");
            page.show("#kvm");
        });
    }

    /** What a page, or whoever has found a hole in it, can do: by HTTP, HTTPS and WebSocket, on the page and beside it. */
    @ParameterizedTest
    @ValueSource(strings = {
        // On the page.
        "fetch('http://ELSEWHERE/', {mode: 'no-cors'}).catch(() => 0); fetch('https://ELSEWHERE/').catch(() => 0);"
            + " new WebSocket('ws://ELSEWHERE/'); new WebSocket('wss://ELSEWHERE/'); navigator.sendBeacon('https://ELSEWHERE/');"
            + " new Image().src = 'https://ELSEWHERE/image'; new EventSource('https://ELSEWHERE/events');",
        // A frame, a worker, a form and a link into a new window.
        "document.body.insertAdjacentHTML('beforeend', '<iframe src=\"https://ELSEWHERE/\"></iframe><iframe name=f></iframe>"
            + "<form target=f action=\"https://ELSEWHERE/\" method=post></form><a id=a target=_blank href=\"https://ELSEWHERE/\">a</a>');"
            + " document.forms[0].submit(); document.querySelector('#a').click();"
            + " new Worker(URL.createObjectURL(new Blob(['fetch(\"https://ELSEWHERE/\")'])));"
            + " window.open('https://ELSEWHERE/'); fetch('/redirect').catch(() => 0);",
        // WebRTC, which goes over UDP.
        "const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:STUN'}]}); peer.createDataChannel('out');"
            + " peer.createOffer().then(offer => peer.setLocalDescription(offer));"
    })
    void nothingOnThePageReachesAnotherAddress(String script) throws Exception {
        Kiosk kiosk = open(script);
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
        boolean overHttp = !script.contains("RTCPeerConnection");

        await().until(() -> !overHttp || kiosk.hasRefused("127.0.0.1:" + elsewhere.getLocalPort()));
        // By the time that a key has gone to the BMC and back the page has done what it does.
        await().untilAsserted(() -> {
            viewing.type("k");
            assertThat(house.site().keys()).contains("k");
        });

        assertThat(visitors).hasValue(0);
        assertNobodyAskedOverUdp();
        assertThat(viewing.channel().isOpen()).isTrue();
    }

    private void assertNobodyAskedOverUdp() throws IOException {
        stun.setSoTimeout(1000);
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        try {
            stun.receive(packet);
            throw new AssertionError("somebody asked over UDP");
        } catch (SocketTimeoutException e) {
            assertThat(packet.getLength()).isEqualTo(100);
        }
    }

    /** A click may open a window, unlike a script, and a window would have the keyboard. */
    @Test
    void aClickOpensNoWindow() throws Exception {
        Kiosk kiosk = open("const link = Object.assign(document.createElement('a'), {href: 'https://ELSEWHERE/', target: '_blank'});"
                + " canvas.replaceWith(link); link.append(canvas); canvas.focus();"
                + " canvas.onmousedown = () => window.open('https://ELSEWHERE/'); canvas.onmouseup = () => canvas.focus();");
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
        await().untilAsserted(() -> {
            viewing.type("k");
            assertThat(house.site().keys()).contains("k");
        });

        viewing.click(100, 100, 1);
        viewing.click(100, 100, 2);

        await().untilAsserted(() -> {
            viewing.type("z");
            assertThat(house.site().keys()).contains("z");
        });
        assertThat(visitors).hasValue(0);
        assertThat(viewing.channel().isOpen()).isTrue();
    }

    /** Leaving the page is the end of the console, wherever to. */
    @ParameterizedTest
    @ValueSource(strings = {"location = 'https://ELSEWHERE/'", "location = '/redirect'"})
    void aPageThatLeavesForAnotherAddressIsTheEnd(String script) throws Exception {
        Kiosk kiosk = open(script);
        Channel channel = kiosk.connect(KioskHouse.PATIENCE);

        await().atMost(Duration.ofSeconds(20)).until(() -> !channel.isOpen());

        assertThat(visitors).hasValue(0);
    }

    /** The keys with which a browser is left: they are the server's. */
    @Test
    void keysDoNotLeaveThePage() throws Exception {
        Kiosk kiosk = open("");
        Viewing viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
        await().untilAsserted(() -> {
            viewing.type("k");
            assertThat(house.site().keys()).contains("k");
        });
        int processes = kiosk.processes().size();

        for (int key : "tnwlojhupsfd".toCharArray()) {
            viewing.chord(CONTROL, key);
        }
        for (int key : "nijct".toCharArray()) {
            viewing.chord(CONTROL, SHIFT, key);
        }
        for (int key = F1; key < F1 + 12; key++) {
            viewing.chord(key);
            viewing.chord(ALT, key);
        }
        viewing.type("https://127.0.0.1:" + elsewhere.getLocalPort() + "/");
        viewing.type(ENTER);
        viewing.click(100, 100, 4);
        viewing.click(100, 100, 1);
        viewing.type("z");

        await().untilAsserted(() -> assertThat(house.site().keys()).endsWith("Enterz"));
        assertThat(List.of("t", "n", "w", "l", "F12", "F11", "F1")).allMatch(house.site().keys()::contains);
        assertThat(visitors).hasValue(0);
        assertThat(viewing.channel().isOpen()).isTrue();
        assertThat(kiosk.processes()).hasSizeLessThanOrEqualTo(processes);
    }
}
