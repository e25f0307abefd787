/**
 * Consoles that are plain VNC servers: host, port and password from the inventory.
 */
package org.serverconsole.adapter.vnc;
