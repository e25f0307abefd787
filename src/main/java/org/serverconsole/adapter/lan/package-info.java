/**
 * IPMI over LAN as more than one adapter asks it: serial consoles, and accounts for a console session. Knows no vendor.
 */
package org.serverconsole.adapter.lan;
