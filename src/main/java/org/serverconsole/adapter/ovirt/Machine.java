package org.serverconsole.adapter.ovirt;

import org.serverconsole.adapter.Deadline;

/**
 * One virtual machine, and how long the engine may take for what is asked of it.
 *
 * @param vm its ID
 */
record Machine(OvirtClient client, String vm, Deadline deadline) { }
