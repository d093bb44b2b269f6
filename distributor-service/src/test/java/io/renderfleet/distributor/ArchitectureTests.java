package io.renderfleet.distributor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.distributor", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    @ArchTest
    static final ArchRule noCycles = slices().matching("io.renderfleet.distributor.(*)..")
            .should()
            .beFreeOfCycles()
            .because("data flows one way");

    @ArchTest
    static final ArchRule decisionsArePure = noClasses()
            .that()
            .resideInAPackage("..placement..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "software.amazon..",
                    "org.springframework..",
                    "io.micrometer..",
                    "io.renderfleet.job..",
                    "io.renderfleet.queue..",
                    "java.time..",
                    "java.util.concurrent..")
            .because("where a job goes follows from values alone, and is tested without a container or a clock");

    @ArchTest
    static final ArchRule importsFollowTheData = noClasses()
            .that()
            .resideInAnyPackage("..placement..", "..depth..", "..dispatch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..intake..")
            .because("the intake sees a message through with the help of the others, which do not know of it");

    @ArchTest
    static final ArchRule theOthersStandAlone = slices().matching(
                    "io.renderfleet.distributor.(placement|depth|dispatch)..")
            .should()
            .notDependOnEachOther()
            .because("what is known, what is decided and what is sent are joined in one place");
}
