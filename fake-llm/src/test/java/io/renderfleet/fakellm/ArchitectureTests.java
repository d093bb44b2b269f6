package io.renderfleet.fakellm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.renderfleet.fakellm", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {
    @ArchTest
    static final ArchRule needsNoOtherModule = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.renderfleet.fakellm",
                    "java..",
                    "com.fasterxml.jackson..",
                    "io.netty..",
                    "picocli..",
                    "org.jspecify..")
            .because("it stands for a system that is not ours");

    @ArchTest
    static final ArchRule onlyTheHttpServerKnowsNetty = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(HttpServer|Exchange)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..")
            .because("the rest decides, without threads and connections");
}
