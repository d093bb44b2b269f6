package io.renderfleet.localaws.dynamodb;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What {@link KilledProcessTests} runs and kills: writes items that must be new, one by one and in pairs, and prints
 * the number of each after it was acknowledged.
 */
final class KilledProcess {
    private static final int ENOUGH = 1_000_000;

    private KilledProcess() {}

    public static void main(String[] args) throws IOException {
        int first = Integer.parseInt(args[1]);
        var settings = DynamoDbSettings.defaults().withDataDir(Path.of(args[0]));
        try (Calls calls = new Calls(DynamoDb.open(settings, DynamoDb.Hooks.none()))) {
            if (first == 0) {
                calls.call("CreateTable", Calls.THINGS);
            }
            for (int i = first; i < ENOUGH; i++) {
                if (i % 2 == 0) {
                    calls.call("PutItem", "{" + newItem("single-" + i) + "}");
                } else {
                    calls.call(
                            "TransactWriteItems",
                            "{'TransactItems':[{'Put':{%s}},{'Put':{%s}}]}"
                                    .formatted(newItem("left-" + i), newItem("right-" + i)));
                }
                System.out.println(i);
            }
        }
    }

    private static String newItem(String id) {
        return "'TableName':'things','Item':{'id':{'S':'%s'}},'ConditionExpression':'attribute_not_exists(id)'"
                .formatted(id);
    }
}
