/**
 * The whole product from the outside: the built jar in a Guacamole of its own process, real guacd, QEMU, TigerVNC and Chromium,
 * and a panel that signs links. Nothing here calls the product's classes.
 */
package org.serverconsole.endtoend;
