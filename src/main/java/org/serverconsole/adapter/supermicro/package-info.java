/**
 * Supermicro: the BMC's HTML5 iKVM, which a kiosk shows.
 */
package org.serverconsole.adapter.supermicro;
