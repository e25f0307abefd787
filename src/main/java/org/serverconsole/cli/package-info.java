/**
 * {@code java -jar}: sign a login URL, hash a PIN, make a key.
 */
package org.serverconsole.cli;
