/**
 * The settings of this extension: one immutable {@link org.serverconsole.config.ConsoleConfig}, read once from any
 * name-to-value lookup and validated at start, and {@link org.serverconsole.config.Secret}.
 * Nothing here knows Guacamole, the network or a database.
 */
package org.serverconsole.config;
