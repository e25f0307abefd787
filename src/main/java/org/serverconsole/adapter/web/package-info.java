/**
 * What adapters share whose consoles are web pages of a BMC: a login at its web server, a kiosk, and the logout. Knows no vendor.
 */
package org.serverconsole.adapter.web;
