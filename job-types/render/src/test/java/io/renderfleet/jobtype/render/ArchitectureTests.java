package io.renderfleet.jobtype.render;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.jobtype.render", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    private static final String TYPE = "io.renderfleet.jobtype.render";

    @ArchTest
    static final ArchRule requestAndRunMeetInThePayload = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(TYPE + "..")
            .layer("request")
            .definedBy(TYPE + ".request..")
            .layer("run")
            .definedBy(TYPE + ".run..")
            .layer("payload")
            .definedBy(TYPE)
            .layer("design")
            .definedBy(TYPE + ".design..")
            .whereLayer("request")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("run")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("payload")
            .mayOnlyBeAccessedByLayers("request", "run")
            .because("the API and the worker share the payload and the store of designs, and nothing else");

    @ArchTest
    static final ArchRule knowsNoQueuesOrLeases = noClasses()
            .that()
            .resideInAPackage(TYPE + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.renderfleet.queue..", "io.renderfleet.api..", "io.renderfleet.worker..")
            .because("a runner turns a payload into a result and leaves the rest to the worker");

    @ArchTest
    static final ArchRule onlyTheValidationProcessReadsDesigns = noClasses()
            .that()
            .resideInAPackage(TYPE + ".design..")
            .and()
            .doNotHaveSimpleName("ValidationMain")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.renderfleet.render..")
            .because("a user's file is never read in the memory of the API");

    @ArchTest
    static final ArchRule designsAreReadAndNotRendered = noClasses()
            .that()
            .resideInAPackage(TYPE + ".design..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.renderfleet.render.*..")
            .because("the API checks designs; rendering them is the workers' business");
}
