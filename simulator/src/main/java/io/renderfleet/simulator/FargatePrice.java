package io.renderfleet.simulator;

/**
 * The list prices of Fargate on Linux in us-east-1, in US dollars, as of 2025. Check the current prices before you rely
 * on them. The price includes 20 GiB of disk. More disk adds about one percent and is not counted, nor are requests and
 * traffic.
 *
 * @param vcpuHour the price of one virtual CPU for one hour
 * @param gbHour the price of one GB of memory for one hour
 */
record FargatePrice(double vcpuHour, double gbHour) {
    /** The price of Spot relative to on-demand. It varies; AWS states a discount of up to 70 percent. */
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

    /** The price of one on-demand task with these settings for one hour. */
    static double taskHour(ScalingSettings settings) {
        FargatePrice price = of(settings.architecture());
        return settings.cpuUnits() / UNITS_PER_VCPU * price.vcpuHour + settings.memoryMiB() / MIB_PER_GB * price.gbHour;
    }
}
