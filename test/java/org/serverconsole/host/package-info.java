/**
 * What runs the built extension in tests and in the demo, always in a JVM of its own: the real web application where its
 * WAR is there ({@link org.serverconsole.host.WarHost}), else {@link org.serverconsole.host.MiniHost}, which behaves as
 * Guacamole 1.6.0 does where an extension can tell.
 */
package org.serverconsole.host;
