package org.serverconsole.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenAddressTest {

    @Test
    void anAddressIsTheSameInAllItsForms() {
        for (List<String> same : List.of(
                List.of("192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1", "[::ffff:192.0.2.1]"),
                List.of("2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:0db8::0001", "[2001:db8::1]"),
                List.of("::1", "0:0:0:0:0:0:0:1", "[::1]"),
                List.of("fe80::1", "fe80::1%eth0", "fe80:0:0::1%2"))) {
            for (String one : same) {
                for (String other : same) {
                    assertThat(ClientAddress.same(one, other)).as(one + " and " + other).isTrue();
                }
            }
        }
    }

    @Test
    void differentAddressesDiffer() {
        List<String> all = List.of("192.0.2.1", "192.0.2.2", "::", "::1", "2001:db8::1", "2001:db8::2", "::ffff:192.0.2.3", "0.0.0.0");
        for (String one : all) {
            for (String other : all) {
                assertThat(ClientAddress.same(one, other)).as(one + " and " + other).isEqualTo(one.equals(other));
            }
        }
    }

    @Test
    void whatIsNoAddressIsTheSameAsNothing() {
        for (String odd : List.of("", " ", "localhost", "panel.example", "192.0.2", "192.0.2.256", "192.0.2.1:80", "192.0.2.1/32",
                "0x7f.1", "2130706433", "1.2.3.4 ", ":", ":::", "[::1", "%", "unknown")) {
            assertThat(ClientAddress.isAddress(odd)).as(odd).isFalse();
            assertThat(ClientAddress.same(odd, odd)).as(odd).isFalse();
        }
    }

    @Property(tries = 500)
    void whatTheJvmWritesIsTheAddressItMeant(@ForAll @Size(16) byte[] six, @ForAll @Size(4) byte[] four) throws Exception {
        for (byte[] bytes : List.of(six, four)) {
            String text = InetAddress.getByAddress(bytes).getHostAddress();
            assertThat(ClientAddress.same(text, text)).isTrue();
            bytes[bytes.length - 1] ^= 1;
            assertThat(ClientAddress.same(text, InetAddress.getByAddress(bytes).getHostAddress())).isFalse();
        }
    }
}
