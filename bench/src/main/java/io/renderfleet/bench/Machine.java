package io.renderfleet.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Properties of the machine and the JVM, and the memory and processor time that this process has used. */
public final class Machine {
    private static final double MIB = 1024.0 * 1024;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    private Machine() {}

    /** The properties by name. The load average shows whether other programs were running. */
    static Map<String, String> properties() {
        var os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(
                "machine",
                "%d cores, %.1f GiB, load average %.1f before the start"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(),
                                os.getTotalMemorySize() / MIB / 1024,
                                os.getSystemLoadAverage()));
        properties.put("os", os.getName() + " " + os.getVersion() + " " + os.getArch());
        properties.put(
                "jvm",
                System.getProperty("java.vm.name") + " " + Runtime.version() + ", heap up to "
                        + Math.round(Runtime.getRuntime().maxMemory() / MIB) + " MiB");
        return properties;
    }

    /** The processor time that this process has used, in nanoseconds. */
    static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    /** The time that the JIT compiler has used, summed over its threads. */
    public static Duration compilerTime() {
        return Duration.ofMillis(ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
    }

    /** The sum of the peaks of all pools of the heap in MiB, which is at least the peak of the heap. */
    static double heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                        .filter(pool -> pool.getType() == MemoryType.HEAP)
                        .map(MemoryPoolMXBean::getPeakUsage)
                        .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                        .sum()
                / MIB;
    }

    /** The peak of this process's resident set in MiB; empty on systems other than Linux. */
    static OptionalDouble residentPeak() {
        if (!Files.isReadable(STATUS)) {
            return OptionalDouble.empty();
        }
        try {
            return residentPeak(Files.readAllLines(STATUS));
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    static OptionalDouble residentPeak(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(PEAK))
                .map(line -> line.substring(PEAK.length()).strip().toLowerCase(Locale.ROOT))
                .filter(size -> size.endsWith(" kb"))
                .mapToDouble(size -> Long.parseLong(size.substring(0, size.indexOf(' '))) / 1024.0)
                .findFirst();
    }
}
