/**
 * RFB (RFC 6143) handshakes: as client towards a console, over TCP, TLS or a WebSocket; as server towards guacd. Bounded in
 * memory and in time whatever the other side sends. Nothing here knows a vendor or a session.
 */
package org.serverconsole.rfb;
