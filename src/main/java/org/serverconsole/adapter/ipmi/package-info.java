/** Serial consoles, power and temporary accounts of any BMC that speaks IPMI 2.0, over {@link org.serverconsole.rmcp}. */
package org.serverconsole.adapter.ipmi;
