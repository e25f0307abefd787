/**
 * Redfish as far as consoles and power need it, for the adapters of all vendors that speak it: one session per BMC, always
 * logged out, one operation at a time. Knows no vendor.
 */
package org.serverconsole.adapter.redfish;
