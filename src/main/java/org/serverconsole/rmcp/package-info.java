/**
 * IPMI 2.0 over LAN: RMCP+ sessions, commands, Serial over LAN and users, all on one socket and one event loop. Chapter
 * numbers are those of the IPMI 2.0 specification, revision 1.1. Nothing here knows an inventory or who the customer is.
 */
package org.serverconsole.rmcp;
