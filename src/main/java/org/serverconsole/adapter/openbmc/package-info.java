/**
 * Consoles of servers whose BMC runs OpenBMC, Lenovo's XCC3 among them: its KVM is RFB over a WebSocket.
 */
package org.serverconsole.adapter.openbmc;
