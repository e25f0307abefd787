/**
 * The HTTP API that a hosting panel calls: {@link org.serverconsole.panel.PanelResource} is its HTTP,
 * {@link org.serverconsole.panel.PanelApi} what it does. Nothing here knows Guacamole or SQL.
 */
package org.serverconsole.panel;
