/**
 * Cisco UCS C-series: the CIMC's XML API gives tokens for its HTML5 vKVM, which a kiosk shows.
 */
package org.serverconsole.adapter.cimc;
