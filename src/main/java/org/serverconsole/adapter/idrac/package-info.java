/**
 * Consoles of Dell servers: the VNC server in the iDRAC, switched on for one session at a time.
 */
package org.serverconsole.adapter.idrac;
