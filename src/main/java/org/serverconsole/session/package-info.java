/**
 * Console sessions: from login to the deadline, their console streams, and taking back what a vendor granted.
 * Nothing here knows Guacamole or SQL.
 */
package org.serverconsole.session;
