package org.serverconsole;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.serverconsole.adapter.ConsoleAdapter;

/** The house of DESIGN 2, as far as it is built. */
class ArchitectureTest {

    private static final String HOUSE = "org.serverconsole";

    /** From the roof to the cellar: a room may use only those that stand after it. */
    private static final List<String> ROOMS = List.of(
            "guacamole", "cli", "panel", "location", "session", "access", "adapter", "rmcp", "kiosk", "relay", "rfb",
            "inventory", "journal", "https", "config");

    private static final JavaClasses SOURCES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(HOUSE);

    @Test
    void everyClassIsInARoom() {
        classes().should().resideInAnyPackage(ROOMS.stream().map(ArchitectureTest::room).toArray(String[]::new))
                .check(SOURCES);
    }

    @Test
    void aRoomUsesOnlyRoomsBelowIt() {
        LayeredArchitecture house = layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (String room : ROOMS) {
            house = house.layer(room).definedBy(room(room));
        }
        for (int i = 0; i < ROOMS.size(); i++) {
            String[] below = ROOMS.subList(i + 1, ROOMS.size()).toArray(String[]::new);
            house = below.length > 0
                    ? house.whereLayer(ROOMS.get(i)).mayOnlyAccessLayers(below)
                    : house.whereLayer(ROOMS.get(i)).mayNotAccessAnyLayer();
        }
        house.check(SOURCES);
    }

    @Test
    void packagesDoNotUseEachOtherInACircle() {
        slices().matching(HOUSE + ".(**)").should().beFreeOfCycles().check(SOURCES);
    }

    /** What vendors share, such as Redfish, is a package without an adapter. Adapters are found as services, never by name. */
    @Test
    void nobodyKnowsAVendor() {
        Set<String> vendors = SOURCES.stream()
                .filter(type -> type.isAssignableTo(ConsoleAdapter.class) && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getPackageName)
                // Where adapters are guarded, whoever they are.
                .filter(name -> !name.equals(HOUSE + ".adapter"))
                .collect(Collectors.toSet());

        assertThat(vendors).isNotEmpty().allMatch(vendor -> vendor.startsWith(HOUSE + ".adapter."));
        for (String vendor : vendors) {
            noClasses().that().resideOutsideOfPackage(vendor + "..")
                    .should().dependOnClassesThat().resideInAPackage(vendor + "..")
                    .check(SOURCES);
        }
    }

    @Test
    void onlyTheJournalSpeaksSql() {
        noClasses().that().resideOutsideOfPackage(room("journal"))
                .should().dependOnClassesThat().resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.jdbi..", "org.flywaydb..", "com.zaxxer..", "org.h2..", "org.postgresql..")
                .check(SOURCES);
    }

    @Test
    void onlyTheRoomGuacamoleKnowsGuacamole() {
        noClasses().that().resideOutsideOfPackage(room("guacamole"))
                .should().dependOnClassesThat().resideInAPackage("org.apache.guacamole..")
                .check(SOURCES);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses().that().resideOutsideOfPackage(room("cli")).should(ACCESS_STANDARD_STREAMS).check(SOURCES);
    }

    /** {@code java -jar} has only the jar, and neither a logger nor Guacamole is in it. */
    @Test
    void theCommandLineNeedsNothingThatTheJarLacks() {
        noClasses().that().resideInAPackage(room("cli"))
                .should().dependOnClassesThat().resideInAnyPackage("org.slf4j..", "javax.servlet..", "javax.ws.rs..")
                .check(SOURCES);
    }

    /** What a process is called with, everybody on the machine may read. Browsers are started by the kiosk. */
    @Test
    void onlyTheKioskStartsProcesses() {
        noClasses().that().resideOutsideOfPackage(room("kiosk"))
                .should().dependOnClassesThat().areAssignableTo(ProcessBuilder.class)
                .orShould().callMethod(Runtime.class, "exec", String[].class, String[].class)
                .orShould().dependOnClassesThat().areAssignableTo(Process.class)
                .check(SOURCES);
    }

    @Test
    void nothingDependsOnTheTests() {
        noClasses()
                .should().dependOnClassesThat().resideInAnyPackage(HOUSE + ".fake..", HOUSE + ".host..", HOUSE + ".parts..")
                .check(SOURCES);
    }

    @Test
    void noStaticStateChanges() {
        fields().that().areStatic().should().beFinal().check(SOURCES);
    }

    private static String room(String name) {
        return HOUSE + "." + name + "..";
    }
}
