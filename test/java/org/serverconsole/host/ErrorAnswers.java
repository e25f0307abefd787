package org.serverconsole.host;

import java.util.LinkedHashMap;
import java.util.Map;
import javax.ws.rs.WebApplicationException;
import javax.ws.rs.core.Context;
import javax.ws.rs.core.HttpHeaders;
import javax.ws.rs.core.MediaType;
import javax.ws.rs.core.Response;
import javax.ws.rs.core.UriInfo;
import javax.ws.rs.ext.ExceptionMapper;
import org.apache.guacamole.GuacamoleClientException;
import org.apache.guacamole.GuacamoleException;
import org.apache.guacamole.GuacamoleResourceNotFoundException;
import org.apache.guacamole.GuacamoleSecurityException;
import org.apache.guacamole.GuacamoleUnauthorizedException;
import org.apache.guacamole.language.Translatable;
import org.apache.guacamole.language.TranslatableMessage;
import org.apache.guacamole.net.auth.credentials.GuacamoleCredentialsException;
import org.apache.guacamole.net.auth.credentials.GuacamoleInsufficientCredentialsException;
import org.apache.guacamole.net.auth.credentials.GuacamoleInvalidCredentialsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every failure as the JSON Guacamole's own page reads; an unauthorized one ends the session it came from. */
public final class ErrorAnswers implements ExceptionMapper<Throwable> {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private final Sessions sessions;

    @Context
    private HttpHeaders headers;

    @Context
    private UriInfo uri;

    ErrorAnswers(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof WebApplicationException answered) {
            return answered.getResponse();
        }
        if (failure instanceof GuacamoleUnauthorizedException) {
            sessions.destroy(Api.token(headers, uri));
        }
        if (failure instanceof GuacamoleException refusal) {
            LOG.debug("Request refused.", failure);
            return answer(refusal.getHttpStatusCode(), refusal);
        }
        LOG.error("Unexpected internal error: {}", failure.getMessage(), failure);
        return answer(500, new GuacamoleException("Unexpected internal error", failure));
    }

    private static Response answer(int status, GuacamoleException failure) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("message", failure.getMessage());
        body.put("translatableMessage", failure instanceof Translatable translatable
                ? translatable.getTranslatableMessage()
                : new TranslatableMessage("APP.TEXT_UNTRANSLATED", Map.of("MESSAGE", String.valueOf(failure.getMessage()))));
        body.put("statusCode", null);
        body.put("expected", failure instanceof GuacamoleCredentialsException credentials
                ? credentials.getCredentialsInfo().getFields() : null);
        body.put("patches", null);
        body.put("type", type(failure));
        return Response.status(status).entity(body).type(MediaType.APPLICATION_JSON).build();
    }

    private static String type(GuacamoleException failure) {
        if (failure instanceof GuacamoleInsufficientCredentialsException) {
            return "INSUFFICIENT_CREDENTIALS";
        }
        if (failure instanceof GuacamoleInvalidCredentialsException) {
            return "INVALID_CREDENTIALS";
        }
        if (failure instanceof GuacamoleSecurityException) {
            return "PERMISSION_DENIED";
        }
        if (failure instanceof GuacamoleResourceNotFoundException) {
            return "NOT_FOUND";
        }
        return failure instanceof GuacamoleClientException ? "BAD_REQUEST" : "INTERNAL_ERROR";
    }
}
