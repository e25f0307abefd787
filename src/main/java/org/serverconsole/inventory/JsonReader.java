package org.serverconsole.inventory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads strict JSON (RFC 8259) with the line of every value. */
final class JsonReader {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private final Problems problems;

    JsonReader(Problems problems) {
        this.problems = problems;
    }

    /** The file's value, or empty where it is not JSON; the problems tell why. */
    Optional<Json> read(Path file) {
        try (InputStream in = Files.newInputStream(file); JsonParser parser = JSON.createParser(in)) {
            return read(parser);
        } catch (NoSuchFileException e) {
            problems.addFile("does not exist; write one, or let console-servers name another file");
        } catch (IOException e) {
            problems.addFile("cannot be read (" + e.getClass().getSimpleName() + "); check its path and its permissions");
        }
        return Optional.empty();
    }

    /** The text's value, or empty where it is not JSON; the problems tell why. */
    Optional<Json> read(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            return read(parser);
        } catch (IOException e) {
            problems.addFile("cannot be read (" + e.getClass().getSimpleName() + ")");
            return Optional.empty();
        }
    }

    private Optional<Json> read(JsonParser parser) throws IOException {
        try {
            if (parser.nextToken() == null) {
                problems.add(1, "the file is empty; write {\"servers\": {...}}");
                return Optional.empty();
            }
            Json value = value(parser, line(parser));
            if (parser.nextToken() != null) {
                problems.add(line(parser), "there is more after the end of the inventory; remove it, or check the braces before it");
                return Optional.empty();
            }
            return Optional.of(value);
        } catch (StreamReadException | CharConversionException e) {
            problems.add(Math.max(1, parser.currentLocation().getLineNr()), inOurWords(e));
            return Optional.empty();
        } catch (StreamConstraintsException e) {
            problems.add(Math.max(1, parser.currentLocation().getLineNr()), "nested too deeply, or a text or number is too long");
            return Optional.empty();
        }
    }

    private Json value(JsonParser parser, int line) throws IOException {
        JsonToken token = parser.currentToken();
        switch (token) {
            case START_OBJECT:
                return object(parser, line);
            case START_ARRAY:
                parser.skipChildren();
                return new Json.Other(line, "a list");
            case VALUE_STRING:
                return new Json.Text(line, parser.getText());
            case VALUE_NULL:
                return new Json.Other(line, "null");
            case VALUE_TRUE:
            case VALUE_FALSE:
                return new Json.Literal(line, parser.getText(), "true or false");
            default:
                return new Json.Literal(line, parser.getText(), "a number");
        }
    }

    private Json object(JsonParser parser, int line) throws IOException {
        Map<String, Json> values = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int nameLine = line(parser);
            parser.nextToken();
            Json earlier = values.putIfAbsent(name, value(parser, nameLine));
            if (earlier != null) {
                problems.add(nameLine, Problems.quoted(name) + " stands here a second time, first on line " + earlier.line()
                        + "; remove one of them");
            }
        }
        return new Json.Fields(line, values);
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    /** Jackson's own words quote the file, and what stands there may be a password. */
    private static String inOurWords(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof JsonEOFException) {
            return "the file ends too early; close every quotation mark and brace";
        }
        if (e instanceof CharConversionException || message.startsWith("Invalid UTF-8")) {
            return "not UTF-8; save the file as UTF-8";
        }
        if (message.startsWith("Unrecognized token")) {
            return "a word stands without quotation marks; write it in \"...\"";
        }
        if (message.startsWith("Invalid numeric value")) {
            return "not a number in JSON; write it in \"...\"";
        }
        if (message.startsWith("Illegal unquoted character")) {
            return "a line break or tab stands within \"...\"; close the quotation mark, or write \\n or \\t";
        }
        if (message.startsWith("Unrecognized character escape")) {
            return "a \\ stands before a character that needs none; write \\\\ for a \\";
        }
        return "not JSON; look for a missing or superfluous comma, colon, quotation mark or brace here or just before";
    }
}
