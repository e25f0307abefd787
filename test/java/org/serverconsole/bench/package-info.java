/**
 * What {@code test/bench} measures: logins, and how long a customer waits for the first picture, beside Guacamole's own page
 * and noVNC where those are at hand. Nothing here passes or fails.
 */
package org.serverconsole.bench;
