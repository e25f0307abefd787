package org.serverconsole.rmcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReceiveWindowTest {

    @Property(tries = 200)
    void whateverComesTwiceIsAcceptedOnceAlsoWhereNumbersWrap(@ForAll int first, @ForAll long seed) {
        ReceiveWindow window = new ReceiveWindow();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            numbers.add(first + i);
            numbers.add(first + i);
        }
        numbers.removeIf(number -> number == 0);
        Collections.shuffle(numbers, new Random(seed));
        window.accept(first == 0 ? 1 : first);
        List<Integer> accepted = new ArrayList<>(List.of(first == 0 ? 1 : first));

        numbers.stream().filter(window::accept).forEach(accepted::add);

        assertThat(accepted).doesNotHaveDuplicates();
    }

    @Property
    void anyNumberAheadIsAcceptedAndThirtyTwoBehindItAreTooOld(@ForAll @IntRange(min = 1) int ahead) {
        ReceiveWindow window = new ReceiveWindow();
        window.accept(1);

        assertThat(window.accept(1 + ahead)).isTrue();

        assertThat(window.accept(1 + ahead)).isFalse();
        assertThat(window.accept(1 + ahead - 32)).isFalse();
        assertThat(window.accept(1)).isFalse();
    }

    @Test
    void whatWasOvertakenIsAccepted() {
        ReceiveWindow window = new ReceiveWindow();
        window.accept(10);

        assertThat(window.accept(8)).isTrue();
        assertThat(window.accept(9)).isTrue();
        assertThat(window.accept(8)).isFalse();
        assertThat(window.accept(0)).isFalse();
    }
}
