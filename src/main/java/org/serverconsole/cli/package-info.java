/**
 * {@code java -jar}: sign a login URL, hash a PIN, make a key, check the settings, read the audit. Each subcommand is one class, named in
 * {@link org.serverconsole.cli.Main}; what it reads, prints and draws comes through
 * {@link org.serverconsole.cli.Shell}. Nothing here needs Guacamole's classes, and no secret is an argument.
 */
package org.serverconsole.cli;
