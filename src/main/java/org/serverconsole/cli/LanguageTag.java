package org.serverconsole.cli;

import java.util.IllformedLocaleException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A language as BCP 47 writes it. */
final class LanguageTag implements ITypeConverter<String> {

    @Override
    public String convert(String value) {
        try {
            Locale locale = new Locale.Builder().setLanguageTag(value).build();
            if (!locale.getLanguage().isEmpty()) {
                return locale.toLanguageTag();
            }
        } catch (IllformedLocaleException e) {
            // Reported below, in the same words as a tag without a language.
        }
        throw new TypeConversionException("write a language tag, such as en or pt-BR");
    }
}
