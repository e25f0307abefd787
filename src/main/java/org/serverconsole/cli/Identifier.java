package org.serverconsole.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a server or a customer. */
final class Identifier implements ITypeConverter<String> {

    @Override
    public String convert(String value) {
        if (value.isBlank() || value.chars().anyMatch(Character::isISOControl)) {
            throw new TypeConversionException("write an ID that is not blank and has no control characters");
        }
        return value;
    }
}
