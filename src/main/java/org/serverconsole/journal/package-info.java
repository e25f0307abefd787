/**
 * What must survive a crash: console sessions, leases with how to undo them, used tokens, PIN failures.
 * The only room with SQL. It stores no secret, and of a token or ticket only the hash.
 */
package org.serverconsole.journal;
