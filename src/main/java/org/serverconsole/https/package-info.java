/**
 * Questions to the hosting panel over HTTPS, for its keys, its inventory and its opinion of a token: the certificate verified,
 * no redirect followed, and an answer of bounded size within a deadline, or none.
 * Its bounded body serves for the answers of BMCs, too. What is asked and what the answer means is the business of the rooms above.
 */
package org.serverconsole.https;
