package org.serverconsole.demo;

import java.time.Duration;

/**
 * What {@code test/demo} was asked for.
 *
 * @param cluster two nodes of one location and one of another, instead of servers of every kind
 * @param check look at every console in a browser and end, instead of running until Ctrl-C
 * @param vendorLatency how much later every answer of a fake management system comes
 */
record DemoOptions(boolean cluster, boolean check, Duration vendorLatency) {

    /** @throws IllegalArgumentException with what to write instead */
    static DemoOptions parse(String... arguments) {
        boolean cluster = false;
        boolean check = false;
        Duration latency = Duration.ZERO;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("--cluster")) {
                cluster = true;
            } else if (arguments[i].equals("--check")) {
                check = true;
            } else if (arguments[i].equals("--vendor-latency") && i + 1 < arguments.length
                    && arguments[i + 1].matches("[0-9]{1,5}")) {
                latency = Duration.ofMillis(Long.parseLong(arguments[++i]));
            } else {
                throw new IllegalArgumentException("cannot do \"" + arguments[i] + "\"; use: test/demo [--cluster] [--check] [--vendor-latency MS]");
            }
        }
        return new DemoOptions(cluster, check, latency);
    }
}
