package io.renderfleet.deploy;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The AWS calls that a service's code can come to, as actions of IAM. Every method of the service counts as called, and
 * of core what those lead to: through calls, constructors, method references and implementations of what is called.
 */
final class CalledActions {
    private static final String CONSTRUCTOR = "<init>";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.renderfleet");

    /** Calls that IAM knows by another name. */
    private static final Map<String, String> ACTIONS = Map.ofEntries(
            Map.entry("sqs:SendMessageBatch", "sqs:SendMessage"),
            Map.entry("sqs:DeleteMessageBatch", "sqs:DeleteMessage"),
            Map.entry("sqs:ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"),
            Map.entry("s3:GetObjectAsBytes", "s3:GetObject"),
            Map.entry("s3:PresignGetObject", "s3:GetObject"),
            Map.entry("s3:ListObjectsV2", "s3:ListBucket"),
            Map.entry("s3:CreateMultipartUpload", "s3:PutObject"),
            Map.entry("s3:UploadPart", "s3:PutObject"),
            Map.entry("s3:CompleteMultipartUpload", "s3:PutObject"),
            Map.entry("s3:HeadObject", "s3:GetObject"));

    /** A transaction is allowed by the writes in it. */
    private static final Map<String, String> WRITES =
            Map.of("Put", "dynamodb:PutItem", "Update", "dynamodb:UpdateItem", "Delete", "dynamodb:DeleteItem");

    private CalledActions() {}

    /** @param roots how the full names begin of the classes whose methods all count as called */
    static Set<String> of(Collection<String> roots) {
        Set<JavaCodeUnit> seen = new HashSet<>();
        Deque<JavaCodeUnit> open = new ArrayDeque<>();
        Set<String> actions = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            if (roots.stream().anyMatch(root -> type.getName().startsWith(root))) {
                open.addAll(type.getCodeUnits());
            }
        }
        while (!open.isEmpty()) {
            JavaCodeUnit unit = open.pop();
            if (seen.add(unit)) {
                unit.getCallsFromSelf().forEach(call -> follow(call, open, actions));
                unit.getMethodReferencesFromSelf().forEach(call -> follow(call, open, actions));
                unit.getConstructorReferencesFromSelf().forEach(call -> follow(call, open, actions));
            }
        }
        return actions;
    }

    private static void follow(JavaAccess<?> call, Deque<JavaCodeUnit> open, Set<String> actions) {
        JavaClass owner = call.getTargetOwner();
        String method = call.getTarget().getName();
        if (owner.getPackageName().startsWith("software.amazon.awssdk.services.")) {
            addAction(owner, method, actions);
        } else if (owner.getPackageName().startsWith("io.renderfleet")) {
            owner.getCodeUnits().stream()
                    .filter(unit -> unit.getName().equals(method))
                    .forEach(open::add);
            owner.getAllSubclasses().stream()
                    .flatMap(type -> type.getMethods().stream())
                    .filter(unit -> unit.getName().equals(method))
                    .forEach(open::add);
            if (method.equals(CONSTRUCTOR) && owner.isAnonymousClass()) {
                // Whoever gets it calls what it implements.
                open.addAll(owner.getCodeUnits());
            }
        }
    }

    private static void addAction(JavaClass owner, String method, Set<String> actions) {
        String service = owner.getPackageName().split("\\.", -1)[4];
        String type = owner.getSimpleName();
        if (type.endsWith("Client") || type.endsWith("BatchManager") || type.endsWith("Presigner")) {
            String action = service + ":" + method.substring(0, 1).toUpperCase(Locale.ROOT) + method.substring(1);
            if (!isOfTheClientItself(method) && !action.equals("dynamodb:TransactWriteItems")) {
                actions.add(ACTIONS.getOrDefault(action, action));
            }
        } else if (service.equals("dynamodb") && WRITES.containsKey(type) && method.equals("builder")) {
            actions.add(WRITES.get(type));
        }
    }

    private static boolean isOfTheClientItself(String method) {
        return Set.of("builder", "create", "close", "batchManager", "serviceClientConfiguration")
                .contains(method);
    }
}
