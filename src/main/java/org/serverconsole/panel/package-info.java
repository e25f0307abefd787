/**
 * The HTTP API that a hosting panel calls: {@link org.serverconsole.panel.PanelResource} is its HTTP,
 * {@link org.serverconsole.panel.PanelApi} what it does; the operator's: {@link org.serverconsole.panel.OperatorApi}; and what
 * both leave behind: {@link org.serverconsole.panel.Trail}. Nothing here knows Guacamole or SQL.
 */
package org.serverconsole.panel;
