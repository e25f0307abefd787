/**
 * Consoles of virtual machines of oVirt and RHV 4.4 and newer, through the engine's API.
 */
package org.serverconsole.adapter.ovirt;
