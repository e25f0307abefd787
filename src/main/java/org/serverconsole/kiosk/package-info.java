/**
 * A BMC's own HTML5 console in a locked-down browser on a private X server, shown as RFB: one {@link org.serverconsole.kiosk.Kiosk}
 * per console, led by a {@link org.serverconsole.kiosk.Scene}. Knows no vendor.
 */
package org.serverconsole.kiosk;
