/**
 * What {@code test/bench} measures: logins, and how long a customer waits for the first picture, beside Guacamole's own page
 * and noVNC where those are at hand; the relay beside a direct connection; many BMCs at once, some of them dead. Nothing here
 * passes or fails.
 */
package org.serverconsole.bench;
