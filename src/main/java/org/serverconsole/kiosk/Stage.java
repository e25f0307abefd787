package org.serverconsole.kiosk;

/** What a kiosk is made of before it knows which console it will show: X server, way out, and where their files are. */
record Stage(Launcher launcher, KioskFolder folder, XServer server, Screen screen, Gate gate, GateCertificate certificate) { }
