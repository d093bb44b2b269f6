package io.renderfleet.simulator;

/**
 * What Fargate on Linux costs in us-east-1, in US dollars: the list prices known when this was written (2025). Check them
 * before you rely on them. Twenty GiB of disk are in the price; what a task has beyond adds about a hundredth and is left
 * out, as are requests and traffic.
 *
 * @param vcpuHour of one virtual CPU
 * @param gbHour of one GB of memory
 */
record FargatePrice(double vcpuHour, double gbHour) {
    /** Spot is sold for less, and by how much less changes: up to 70 % by AWS's own words. */
    static final double SPOT_SHARE = 0.3;

    private static final FargatePrice X86_64 = new FargatePrice(0.04048, 0.004445);
    private static final FargatePrice ARM64 = new FargatePrice(0.03238, 0.00356);
    private static final double UNITS_PER_VCPU = 1024;
    private static final double MIB_PER_GB = 1024;

    static FargatePrice of(String architecture) {
        return switch (architecture) {
            case "X86_64" -> X86_64;
            case "ARM64" -> ARM64;
            default -> throw new SimulationException("no price is known for the architecture " + architecture);
        };
    }

    /** Of one on-demand task of these settings. */
    static double taskHour(ScalingSettings settings) {
        FargatePrice price = of(settings.architecture());
        return settings.cpuUnits() / UNITS_PER_VCPU * price.vcpuHour + settings.memoryMiB() / MIB_PER_GB * price.gbHour;
    }
}
