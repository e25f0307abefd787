package org.serverconsole.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How many, as many as the operator's API gives. */
final class Count implements ITypeConverter<Integer> {

    private static final int MOST = 100_000;

    @Override
    public Integer convert(String value) {
        if (value.matches("[1-9][0-9]{0,5}") && Integer.parseInt(value) <= MOST) {
            return Integer.parseInt(value);
        }
        throw new TypeConversionException("write a whole number from 1 to " + MOST);
    }
}
