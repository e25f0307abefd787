package org.serverconsole.endtoend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Somebody who is logged in to Guacamole in a browser, through another extension than ours.
 *
 * @param tab where they logged in
 * @param source that extension's data source
 * @param authToken of Guacamole's session
 */
record SomebodyElse(Page tab, String source, String authToken) {

    private static final String USER = """
            {"username": "ann", "expires": "%d", "connections": {"box": {"protocol": "vnc", "parameters": {}}}}
            """;

    static SomebodyElse loggedIn(Host host, House house, Page tab) throws Exception {
        return host == Host.MINI ? atTheStandIn(house, tab) : throughAuthJson(house, tab);
    }

    /** The mini host has no page of its own to log in at: what that page would store is stored. */
    private static SomebodyElse atTheStandIn(House house, Page tab) throws IOException, InterruptedException {
        String authToken = House.json(house.login("username=ann&password=right")).path("authToken").asText();
        tab.navigate(house.url().resolve("app/ext/console/open.html").toString());
        tab.evaluate("token => localStorage.setItem('GUAC_AUTH_TOKEN', JSON.stringify(token))", authToken);
        return new SomebodyElse(tab, "standin", authToken);
    }

    private static SomebodyElse throughAuthJson(House house, Page tab) throws GeneralSecurityException, IOException {
        assumeTrue(house.guacamole().log().contains("(json)"), "no guacamole-auth-json-1.6.0.jar in ~/.cache/guacamole");
        String data = signed(USER.formatted(System.currentTimeMillis() + 600_000));
        tab.navigate(house.url() + "#/?data=" + URLEncoder.encode(data, StandardCharsets.UTF_8));
        tab.waitForFunction("localStorage.getItem('GUAC_AUTH_TOKEN')");
        SomebodyElse somebody = new SomebodyElse(tab, "json", "");
        return new SomebodyElse(tab, "json", somebody.storedToken());
    }

    /** What auth-json takes: AES-CBC over signature and JSON. */
    private static String signed(String json) throws GeneralSecurityException, IOException {
        byte[] key = HexFormat.of().parseHex(House.JSON_KEY);
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(mac.doFinal(text));
        whole.write(text);
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
        return Base64.getEncoder().encodeToString(cipher.doFinal(whole.toByteArray()));
    }

    /** What the browser keeps of the login now. */
    String storedToken() {
        return (String) tab.evaluate("JSON.parse(localStorage.getItem('GUAC_AUTH_TOKEN'))");
    }
}
