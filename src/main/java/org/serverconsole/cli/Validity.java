package org.serverconsole.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How long a login URL can be used: a whole number of seconds, minutes or hours. */
final class Validity implements ITypeConverter<Duration> {

    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(s|m|h)?");

    /** The extension refuses tokens that live longer. */
    private static final Duration LONGEST = Duration.ofHours(24);

    @Override
    public Duration convert(String value) {
        Matcher time = TIME.matcher(value);
        if (time.matches()) {
            Duration duration = duration(Long.parseLong(time.group(1)), time.group(2));
            if (!duration.isZero() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        }
        throw new TypeConversionException("write a time from 1s to 24h, such as 90s, 10m or 2h");
    }

    private static Duration duration(long number, String unit) {
        if ("h".equals(unit)) {
            return Duration.ofHours(number);
        }
        return "m".equals(unit) ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
    }
}
