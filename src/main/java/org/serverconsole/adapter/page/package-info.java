/**
 * The BMC nobody thought of: its console's page, and the steps that lead there, from the inventory.
 */
package org.serverconsole.adapter.page;
