package io.renderfleet.jobtype.render.design;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/** Does with each file what its argument says, in place of {@link ValidationMain}. */
final class MisbehavingMain {
    private MisbehavingMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("ready");
        Scanner files = new Scanner(System.in, java.nio.charset.StandardCharsets.UTF_8);
        while (files.hasNextLine()) {
            String file = files.nextLine();
            if (file.endsWith("good.gltf")) {
                System.out.println("{\"code\":\"read\",\"message\":\""
                        + ProcessHandle.current().pid() + "\"}");
                continue;
            }
            if (file.endsWith("only-drawn.gltf") && !file.startsWith(ValidationMain.DRAW)) {
                System.out.println(
                        "{\"contents\":{\"nodes\":1,\"meshes\":1,\"materials\":0,\"textures\":0,\"lights\":0,"
                                + "\"triangles\":1,\"min\":[0,0,0],\"max\":[1,1,1]}}");
                continue;
            }
            switch (arguments[0]) {
                case "hang" -> Thread.sleep(60_000);
                case "heap" -> fillHeap();
                case "native" -> fillNativeMemory();
                case "crash" -> Runtime.getRuntime().halt(9);
                case "lie" -> System.out.println("{\"contents\":{\"nodes\":\"many\"}}");
                case "flood" -> flood();
                case "environment" ->
                    System.out.println("{\"code\":\"environment\",\"message\":\""
                            + String.join(",", System.getenv().keySet()) + "\"}");
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    private static void fillHeap() {
        List<byte[]> kept = new ArrayList<>();
        while (!kept.isEmpty() || kept.add(new byte[1])) {
            kept.add(new byte[1 << 20]);
        }
    }

    private static void fillNativeMemory() throws InterruptedException {
        Arena arena = Arena.global();
        for (int block = 0; block < 1000; block++) {
            arena.allocate(8L << 20).fill((byte) 1);
            Thread.sleep(2);
        }
        Thread.sleep(60_000);
    }

    private static void flood() {
        for (int line = 0; line < 10_000; line++) {
            System.out.print("x".repeat(1000));
        }
    }
}
