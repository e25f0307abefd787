/**
 * HPE iLO 5 and 6: their HTML5 console, which a kiosk shows.
 */
package org.serverconsole.adapter.ilo;
