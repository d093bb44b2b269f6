package io.renderfleet.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.client", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    @ArchTest
    static final ArchRule needsOnlyJacksonAndSlf4j = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.renderfleet.client", "java..", "com.fasterxml.jackson..", "org.slf4j..", "org.jspecify..")
            .because("users put the client into programs of their own");
}
