package org.serverconsole.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Guacamole's own URL, without query and fragment; it ends with a slash. */
final class BaseUrl implements ITypeConverter<URI> {

    @Override
    public URI convert(String value) {
        try {
            URI url = new URI(value.endsWith("/") ? value : value + "/");
            boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
            if (web && url.getHost() != null && url.getUserInfo() == null
                    && url.getRawQuery() == null && url.getRawFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Reported below, in the same words as a URL of another kind.
        }
        throw new TypeConversionException("write Guacamole's URL alone, such as https://console.example.com/guacamole/");
    }
}
