package org.serverconsole.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.serverconsole.config.Secret;

class VncAuthTest {

    /** The key with which every VNC server disguises its password file; vncpasswd makes dbd83cfd727a1458 of "password". */
    private static final Secret FILE_KEY = Secret.of(new String(
            HexFormat.of().parseHex("17526b06234e5807"), StandardCharsets.ISO_8859_1));

    @Test
    void aResponseIsWhatVncpasswdComputes() {
        byte[] twice = "passwordpassword".getBytes(StandardCharsets.US_ASCII);

        assertThat(VncAuth.response(FILE_KEY, twice)).asHexString().isEqualToIgnoringCase("dbd83cfd727a1458dbd83cfd727a1458");
    }

    @Test
    void eightCharactersCount() {
        byte[] challenge = new byte[VncAuth.LENGTH];

        assertThat(VncAuth.response(Secret.of("12345678and more"), challenge))
                .isEqualTo(VncAuth.response(Secret.of("12345678"), challenge))
                .isNotEqualTo(VncAuth.response(Secret.of("1234567"), challenge));
    }
}
