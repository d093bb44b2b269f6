package io.renderfleet.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.api", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    @ArchTest
    static final ArchRule noCycles = slices().matching("io.renderfleet.api.(*)..")
            .should()
            .beFreeOfCycles()
            .because("imports follow the data");

    @ArchTest
    static final ArchRule featuresDependOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.renderfleet.api..")
            .layer("submission")
            .definedBy("io.renderfleet.api.submission..")
            .layer("control")
            .definedBy("io.renderfleet.api.control..")
            .layer("admin")
            .definedBy("io.renderfleet.api.admin..")
            .layer("admission")
            .definedBy("io.renderfleet.api.admission..")
            .layer("completion")
            .definedBy("io.renderfleet.api.completion..")
            .layer("events")
            .definedBy("io.renderfleet.api.events..")
            .layer("alerts")
            .definedBy("io.renderfleet.api.alerts..")
            .layer("webhook")
            .definedBy("io.renderfleet.api.webhook..")
            .layer("lookup")
            .definedBy("io.renderfleet.api.lookup..")
            .layer("progress")
            .definedBy("io.renderfleet.api.progress..")
            .layer("queue")
            .definedBy("io.renderfleet.api.queue..")
            .layer("body")
            .definedBy("io.renderfleet.api.body..")
            .layer("problem")
            .definedBy("io.renderfleet.api.problem..")
            .whereLayer("submission")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("control")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("admin")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("completion")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("events")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("alerts")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("admission")
            .mayOnlyBeAccessedByLayers("submission", "control", "admin")
            .whereLayer("webhook")
            .mayOnlyBeAccessedByLayers("submission")
            .whereLayer("lookup")
            .mayOnlyBeAccessedByLayers("control", "submission")
            .whereLayer("progress")
            .mayOnlyBeAccessedByLayers("lookup", "submission", "control")
            .whereLayer("queue")
            .mayOnlyBeAccessedByLayers("submission", "admission", "control", "admin")
            .whereLayer("body")
            .mayOnlyBeAccessedByLayers("submission", "admin", "alerts", "webhook")
            .because("whatever opens a job needs room, a job that was changed is shown as it is looked up"
                    + " and told to those who follow it,"
                    + " no job type may have a field with the name of one that every shown job has,"
                    + " everything may be refused, and nothing else is shared but bodies and queues");

    @ArchTest
    static final ArchRule noOtherService = noClasses()
            .that()
            .resideInAPackage("io.renderfleet.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.renderfleet.distributor..",
                    "io.renderfleet.worker..",
                    "io.renderfleet.localaws..",
                    "io.renderfleet.standalone..")
            .because("services meet in core and nowhere else");

    @ArchTest
    static final ArchRule noJobTypeIsKnown = noClasses()
            .that()
            .resideInAPackage("io.renderfleet.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.renderfleet.jobtype.*..", "io.renderfleet.render..")
            .because("a job type joins as a module, and the API finds it");

    @ArchTest
    static final ArchRule awsIsBehindCore = noClasses()
            .that()
            .resideInAPackage("io.renderfleet.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("software.amazon.awssdk.services..")
            .because("core owns every call to AWS");
}
