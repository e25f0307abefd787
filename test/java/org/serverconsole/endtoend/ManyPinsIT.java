package org.serverconsole.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.serverconsole.host.RawHttp;

/** Many customers of the panel, each with a good token and an address of his own, who do not know the PIN. */
@Timeout(120)
class ManyPinsIT {

    private static final int ADDRESSES = 200;
    private static final int GUESSES_EACH = 50;
    private static final int EVALUATED = 5;
    private static final int LOGINS = 20;
    private static final String WRONG = "CONSOLE.PIN_WRONG";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    @Test
    void ofTenThousandGuessesAtOneServerFiveAreEvaluatedWhileTheOwnerOfAnotherLogsIn() throws Exception {
        ExecutorService guessers = Executors.newFixedThreadPool(ADDRESSES);
        // It is the lock that is to hold, and not the limit of logins.
        try (House house = House.startQuiet(Host.MINI, Map.of("console-max-logins-per-minute", "100000"))) {
            house.vm("guessed", "web-14494");
            List<Future<List<String>>> answers = new ArrayList<>();
            for (int i = 0; i < ADDRESSES; i++) {
                answers.add(guessers.submit(guesser(house, i)));
            }

            for (int i = 0; i < LOGINS; i++) {
                assertThat(house.login(house.link(House.VM_SERVER).withPin(House.PIN).parameters()).statusCode()).isEqualTo(200);
            }
            assertThat(answers).as("those who still guess").anyMatch(answer -> !answer.isDone());

            List<String> keys = new ArrayList<>();
            for (Future<List<String>> answer : answers) {
                keys.addAll(answer.get());
            }
            assertThat(keys).hasSize(ADDRESSES * GUESSES_EACH).containsOnly(WRONG, "CONSOLE.PIN_LOCKED", "CONSOLE.TOO_MANY");
            assertThat(keys).filteredOn(WRONG::equals).hasSize(EVALUATED);
            assertThat(key(house.login(house.link("guessed").withPin(House.PIN).parameters()).body())).isEqualTo("CONSOLE.PIN_LOCKED");
        } finally {
            guessers.shutdownNow();
            assertThat(guessers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Fifty wrong PINs one after the other, and what each is answered. */
    private Callable<List<String>> guesser(House house, int number) {
        return () -> {
            List<String> answers = new ArrayList<>();
            InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 7, (byte) (number + 1)});
            try (RawHttp http = new RawHttp(house.url(), from)) {
                for (int i = 0; i < GUESSES_EACH; i++) {
                    String guess = house.link("guessed", "guesser-" + number).withPin("9" + (1000 + i)).parameters();
                    answers.add(key(http.send("POST", "api/tokens", FORM, guess.getBytes(StandardCharsets.UTF_8)).body()));
                }
            }
            return answers;
        };
    }

    private static String key(String body) throws IOException {
        return new ObjectMapper().readTree(body).at("/translatableMessage/key").asText();
    }
}
