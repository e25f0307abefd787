/**
 * Servers of other locations: who asks here for one is answered by a node there, over RabbitMQ. {@link
 * org.serverconsole.location.Locations} asks and answers; what is done for an order, and whether somebody may give one, others decide.
 */
package org.serverconsole.location;
