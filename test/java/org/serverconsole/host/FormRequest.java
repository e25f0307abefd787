package org.serverconsole.host;

import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.stream.Collectors;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletRequestWrapper;
import javax.ws.rs.core.MultivaluedMap;

/** A login as extensions see it: the parameters of its body, never those of its URL. */
final class FormRequest extends HttpServletRequestWrapper {

    private final Map<String, String[]> form;

    FormRequest(HttpServletRequest request, MultivaluedMap<String, String> form) {
        super(request);
        this.form = form.entrySet().stream().collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue().toArray(new String[0])));
    }

    @Override
    public String getParameter(String name) {
        String[] values = form.get(name);
        return values == null ? null : values[0];
    }

    @Override
    public String[] getParameterValues(String name) {
        return form.get(name);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(form.keySet());
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return form;
    }
}
