package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ChaosOptionsTests {

    @Test
    void readsThreeNumbersAndSaysHowToRepeatThem() {
        ChaosOptions options = ChaosOptions.parse("--seed", "7", "--jobs", "100", "--minutes", "1");

        assertThat(options.seed()).isEqualTo(7);
        assertThat(options.jobs()).isEqualTo(100);
        assertThat(options.minutes()).isEqualTo(1);
        assertThat(options.command()).isEqualTo("make chaos SEED=7 JOBS=100 MINUTES=1");
    }

    @Test
    void whatMakeLeavesEmptyHasItsDefault() {
        ChaosOptions options = ChaosOptions.parse("--seed", "", "--jobs", "", "--minutes", "");

        assertThat(options.jobs()).isEqualTo(500);
        assertThat(options.minutes()).isEqualTo(4);
    }

    @Test
    void saysWhatIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChaosOptions.parse("--jobs", "many"))
                .withMessage("--jobs wants a number, not 'many'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChaosOptions.parse("--minutes", "0"))
                .withMessage("--minutes must be from 1 to 600");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChaosOptions.parse("--speed", "1"))
                .withMessage("'--speed' is no option");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChaosOptions.parse("--seed"))
                .withMessage("--seed needs a value");
    }
}
