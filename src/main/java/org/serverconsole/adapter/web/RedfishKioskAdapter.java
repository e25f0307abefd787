package org.serverconsole.adapter.web;

import java.util.Optional;
import java.util.Set;
import org.serverconsole.adapter.AdapterEnvironment;
import org.serverconsole.adapter.PowerControl;
import org.serverconsole.adapter.redfish.RedfishBmcs;
import org.serverconsole.adapter.redfish.RedfishPower;

/** Consoles that are a BMC's own page, of BMCs whose power Redfish switches. */
public abstract class RedfishKioskAdapter extends KioskAdapter {

    private volatile Optional<RedfishBmcs> bmcs = Optional.empty();

    @Override
    public Set<String> options() {
        return optionsAnd(RedfishPower.PLUG);
    }

    @Override
    public void start(AdapterEnvironment environment) {
        super.start(environment);
        bmcs = Optional.of(new RedfishBmcs(environment.caFile()));
    }

    @Override
    public Optional<PowerControl> power() {
        return bmcs.map(RedfishPower::new);
    }

    @Override
    public void close() {
        super.close();
        bmcs.ifPresent(RedfishBmcs::close);
    }
}
