/**
 * The one-shot port through which guacd reaches a console stream, and the splice of both with back-pressure.
 * Nothing here knows where the stream came from.
 */
package org.serverconsole.relay;
