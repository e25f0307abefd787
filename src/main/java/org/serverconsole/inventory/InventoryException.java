package org.serverconsole.inventory;

/** The inventory cannot tell just now whether there is a server of that ID, nor what it is. The log says why. */
public final class InventoryException extends RuntimeException {

    public InventoryException(String message) {
        super(message);
    }
}
