/**
 * Who may open which console: the session token, the PIN and its lockout, and that a token opens one session only.
 * Nothing here asks a vendor or knows Guacamole.
 */
package org.serverconsole.access;
