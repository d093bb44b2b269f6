package io.renderfleet.jobtype.inference;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.jobtype.inference", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    private static final String TYPE = "io.renderfleet.jobtype.inference";

    @ArchTest
    static final ArchRule noCycles =
            slices().matching(TYPE + ".(*)..").should().beFreeOfCycles().because("imports follow the data");

    @ArchTest
    static final ArchRule requestsDoNotFetchOrCall = noClasses()
            .that()
            .resideInAnyPackage(TYPE + ".request..", TYPE + ".event..", TYPE + ".input..", TYPE + ".batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TYPE + ".fetch..", TYPE + ".run..")
            .because("the API and the worker share the payload and the store of images, and the API fetches nothing for"
                    + " its users");

    @ArchTest
    static final ArchRule workersReadNoRequests = noClasses()
            .that()
            .resideInAnyPackage(TYPE + ".fetch..", TYPE + ".run..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TYPE + ".request..", TYPE + ".event..", TYPE + ".input..", TYPE + ".batch..")
            .because("a worker relies on nothing but the payload");

    @ArchTest
    static final ArchRule knowsNoQueuesOrServices = noClasses()
            .that()
            .resideInAPackage(TYPE + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.renderfleet.queue..", "io.renderfleet.api..", "io.renderfleet.worker..")
            .because("a job type leaves queues and leases to the services");
}
