/**
 * The door Guacamole opens: authentication provider, user context, connection, tunnel and REST resources.
 * Thin: what is decided, is decided in the rooms below.
 */
package org.serverconsole.guacamole;
