/**
 * From a server ID to a {@link org.serverconsole.inventory.Server}: its console type, address, credentials, PIN hash.
 * Nothing here asks a vendor; whether a type is known is told from above by a rule.
 */
package org.serverconsole.inventory;
