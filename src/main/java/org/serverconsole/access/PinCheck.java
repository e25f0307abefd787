package org.serverconsole.access;

import at.favre.lib.crypto.bcrypt.BCrypt;

/** One evaluation of a PIN: dear, and meant to be. */
@FunctionalInterface
interface PinCheck {

    /**
     * @param pin at most 72 bytes, as {@link PinHash#canBeOf} says
     */
    boolean matches(byte[] pin, PinHash hash);

    static PinCheck bcrypt() {
        return (pin, hash) -> BCrypt.verifyer().verify(pin, hash.bytes()).verified;
    }
}
