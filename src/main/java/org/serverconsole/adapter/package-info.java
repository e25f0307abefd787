/**
 * The SPI every vendor implements: {@link org.serverconsole.adapter.ConsoleAdapter} gets a
 * {@link org.serverconsole.adapter.ConsoleStream} or says in an {@link org.serverconsole.adapter.AdapterException} why not.
 * One package below for each vendor; none knows another, nor who the customer is.
 */
package org.serverconsole.adapter;
