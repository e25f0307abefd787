/**
 * What {@code test/demo} runs: Guacamole with the extension, and servers to open a console of, all on 127.0.0.1. A new server
 * is one {@link org.serverconsole.demo.DemoServer} and its line in {@link org.serverconsole.demo.Demo}.
 */
package org.serverconsole.demo;
