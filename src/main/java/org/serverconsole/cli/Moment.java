package org.serverconsole.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A moment of the past: 2026-03-01T03:00:00Z, 2026-03-01 (its first, in UTC), or 90m, 12h, 7d ago. */
final class Moment implements ITypeConverter<Moment.InTime> {

    private static final Pattern AGO = Pattern.compile("([0-9]{1,6})([smhd])");
    private static final Map<String, LongFunction<Duration>> UNITS = Map.of(
            "s", Duration::ofSeconds, "m", Duration::ofMinutes, "h", Duration::ofHours, "d", Duration::ofDays);

    /** What was written, which may depend on when it is asked. */
    @FunctionalInterface
    interface InTime {
        Instant at(Clock clock);
    }

    @Override
    public InTime convert(String value) {
        Matcher ago = AGO.matcher(value);
        if (ago.matches()) {
            Duration before = UNITS.get(ago.group(2)).apply(Long.parseLong(ago.group(1)));
            return clock -> clock.instant().minus(before);
        }
        try {
            Instant at = value.contains("T") ? OffsetDateTime.parse(value).toInstant()
                    : LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
            return clock -> at;
        } catch (DateTimeException e) {
            throw new TypeConversionException("write a moment as in 2026-03-01T03:00:00Z, 2026-03-01, or 12h for so long ago");
        }
    }
}
