package org.serverconsole.endtoend;

import com.microsoft.playwright.Page;

/** Where a customer meets the console: a page in a host. */
enum Place {
    OUR_PAGE_IN_THE_MINI_HOST(Host.MINI),
    OUR_PAGE_IN_GUACAMOLE(Host.WAR),
    GUACAMOLES_OWN_PAGE(Host.WAR);

    private final Host host;

    Place(Host host) {
        this.host = host;
    }

    Host host() {
        return host;
    }

    /** A view of the console in that tab, with nothing opened yet. */
    ConsolePage in(Page tab, House house) {
        return this == GUACAMOLES_OWN_PAGE ? new GuacamolesPage(tab, house.url()) : new OurPage(tab, house.url());
    }
}
