package org.serverconsole.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

    private static final String TIMES = "5";

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void aJournalWhoseDiskWasFullWorksOnceThereIsRoomAgain() throws Exception {
        Process child = JournalChild.start(FullDiskChild.class, folder.resolve("journal").toString(), TIMES);
        try {
            assertThat(child.waitFor()).isZero();
        } finally {
            child.destroyForcibly();
        }
    }
}
