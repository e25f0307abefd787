package org.serverconsole.panel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.function.UnaryOperator;
import javax.servlet.http.HttpServletRequest;
import javax.ws.rs.Consumes;
import javax.ws.rs.DefaultValue;
import javax.ws.rs.GET;
import javax.ws.rs.HeaderParam;
import javax.ws.rs.POST;
import javax.ws.rs.Path;
import javax.ws.rs.Produces;
import javax.ws.rs.core.Context;
import javax.ws.rs.core.HttpHeaders;
import javax.ws.rs.core.MediaType;
import javax.ws.rs.core.MultivaluedMap;
import javax.ws.rs.core.Response;

/** {@code api/ext/console}: the panel's API over HTTP, described by {@code openapi.json} below it. */
public final class PanelResource {

    private static final String PATH = "api/ext/console";

    private final PanelApi api;
    private final OperatorApi operators;
    private final ObjectMapper json = new ObjectMapper();

    public PanelResource(PanelApi api, OperatorApi operators) {
        this.api = api;
        this.operators = operators;
    }

    /** {@code operator/...}: for whoever has the operator's key. */
    @Path("operator")
    public OperatorResource operator(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String key, @Context HttpServletRequest request) {
        return operators.operator(key, request);
    }

    /** Whether this node can open consoles. */
    @GET
    @Path("health")
    public Response health(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String key, @Context HttpServletRequest request) {
        return operators.health(key, request);
    }

    /** For Prometheus. */
    @GET
    @Path("metrics")
    public Response metrics(
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String key, @Context HttpServletRequest request) {
        return operators.metrics(key, request);
    }

    /** A call in the form of the original API. */
    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Produces(MediaType.APPLICATION_JSON)
    public Response call(MultivaluedMap<String, String> form, @Context HttpServletRequest request) {
        // A request without body and type is taken for a form, and comes without one.
        UnaryOperator<String> parameters = form == null ? name -> null : form::getFirst;
        return response(api.answer(() -> PanelRequest.of(parameters), guacamole(request), request.getRemoteAddr()));
    }

    /** The same names and values as a JSON object of texts; as bytes, since JSON has one encoding whatever the header says. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response callWithJson(byte[] body, @Context HttpServletRequest request) {
        return response(api.answer(() -> PanelRequest.of(parameters(body)), guacamole(request), request.getRemoteAddr()));
    }

    /** In any other form, such as the multipart one that a PHP array becomes in curl. */
    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    public Response callInAnotherForm(@Context HttpServletRequest request) {
        return response(api.answer(() -> {
            throw PanelException.bad("the Content-Type is neither application/x-www-form-urlencoded nor application/json");
        }, guacamole(request), request.getRemoteAddr()));
    }

    @GET
    @Path("openapi.json")
    @Produces(MediaType.APPLICATION_JSON)
    public String description() {
        try (InputStream file = PanelResource.class.getResourceAsStream("openapi.json")) {
            return new String(file.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private UnaryOperator<String> parameters(byte[] body) throws PanelException {
        JsonNode object;
        try {
            object = json.readTree(body);
        } catch (IOException e) {
            // Its message quotes the body, which may hold a token.
            throw PanelException.bad("the body is not JSON");
        }
        if (!object.isObject()) {
            throw PanelException.bad("the body is neither a form nor a JSON object");
        }
        for (String name : PanelRequest.PARAMETERS) {
            if (object.path(name).isContainerNode()) {
                throw PanelException.bad(name + " is not a text");
            }
        }
        return name -> object.path(name).isValueNode() && !object.path(name).isNull() ? object.path(name).asText() : null;
    }

    private static URI guacamole(HttpServletRequest request) {
        String url = request.getRequestURL().toString();
        int path = url.lastIndexOf(PATH);
        return URI.create(path < 0 ? url : url.substring(0, path));
    }

    /** As text: the web application's own Jackson knows nothing of ours. */
    private Response response(PanelAnswer answer) {
        try {
            Response.ResponseBuilder response = Response.status(answer.status())
                    .type(MediaType.APPLICATION_JSON_TYPE.withCharset("utf-8"))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .entity(json.writeValueAsString(answer.body()));
            answer.retryAfter().ifPresent(wait -> response.header(HttpHeaders.RETRY_AFTER, wait.toSeconds()));
            return response.build();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts and numbers is always JSON", e);
        }
    }
}
