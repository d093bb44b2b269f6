package io.renderfleet.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.worker", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    private static final String WORKER = "io.renderfleet.worker..";
    private static final String INTAKE = "io.renderfleet.worker.intake..";
    private static final String EXECUTION = "io.renderfleet.worker.execution..";
    private static final String PROTECTION = "io.renderfleet.worker.protection..";
    private static final String JOB_TYPES = "io.renderfleet.jobtype.*..";

    @ArchTest
    static final ArchRule noCycles = slices().matching("io.renderfleet.worker.(*)..")
            .should()
            .beFreeOfCycles()
            .because("data flows one way");

    @ArchTest
    static final ArchRule executionKnowsNeitherItsSourceNorItsWork = noClasses()
            .that()
            .resideInAPackage(EXECUTION)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(INTAKE, PROTECTION)
            .because("new kinds of queues must not touch leases, attempts and decisions");

    @ArchTest
    static final ArchRule intakeKnowsExecutionOnly = noClasses()
            .that()
            .resideInAPackage(INTAKE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.renderfleet.blob..")
            .because("taking messages does not depend on what they ask for");

    @ArchTest
    static final ArchRule noJobTypeIsKnown = noClasses()
            .that()
            .resideInAPackage(WORKER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(JOB_TYPES, "io.renderfleet.render..")
            .because("a job type joins as a module, and the worker finds its runner");

    @ArchTest
    static final ArchRule protectionKnowsNoJobs = noClasses()
            .that()
            .resideInAPackage(PROTECTION)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(INTAKE, EXECUTION, "io.renderfleet.job..", "io.renderfleet.queue..")
            .because("ECS is told that there is work, not which");

    @ArchTest
    static final ArchRule theLanesAreScheduledPurely = classes()
            .that()
            .haveNameMatching(".*\\.(LaneScheduler|LaneState|IntakePlan)(\\$.*)?")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.renderfleet.queue..", "io.renderfleet.worker.intake..", "org.jspecify..")
            .because("turns and times are tested without a queue");

    @ArchTest
    static final ArchRule servicesDoNotKnowEachOther = noClasses()
            .that()
            .resideInAPackage(WORKER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.renderfleet.api..",
                    "io.renderfleet.distributor..",
                    "io.renderfleet.localaws..",
                    "io.renderfleet.standalone..")
            .because("a worker is deployed with core and the job types alone");

    @ArchTest
    static final ArchRule theRetryDecisionIsPure = classes()
            .that()
            .haveNameMatching(".*\\.RetryDecision(\\$.*)?")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.renderfleet.job..", "io.renderfleet.worker.execution..")
            .because("a decision is tested without a container");
}
