package io.renderfleet.bridge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.bridge", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    @ArchTest
    static final ArchRule theTwoDirectionsStandAlone = slices().matching("io.renderfleet.bridge.(event|result)..")
            .should()
            .notDependOnEachOther()
            .because("a failure of one direction does not stop the other");

    @ArchTest
    static final ArchRule jobsAreSubmittedThroughTheApi = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.renderfleet.job.JobStore")
            .because("a bridge runs where the Kafka cluster is, with no rights but those of a user and for its queue");
}
