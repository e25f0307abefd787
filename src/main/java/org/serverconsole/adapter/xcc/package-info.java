/**
 * Lenovo XCC and XCC2: their HTML5 console, which a kiosk shows.
 */
package org.serverconsole.adapter.xcc;
