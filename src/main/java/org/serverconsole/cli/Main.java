package org.serverconsole.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command line. Exit code 0: done; 1: could not be done; 2: not written as it must be. Each of the latter two comes
 * with one line on standard error that says what to write instead.
 */
@Command(
        name = "java -jar guacamole-auth-console.jar",
        synopsisSubcommandLabel = "<command>",
        versionProvider = Main.Version.class,
        description = {
            "",
            "Opens the consoles of rented servers in Guacamole. The jar itself is an extension: put it into"
                    + " GUACAMOLE_HOME/extensions. From the command line it does what surrounds that."},
        optionListHeading = "%n",
        commandListHeading = "%n",
        footer = {"", "Keys and PINs are read from a file or standard input, never from arguments."})
public final class Main {

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Say how this is used.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Say which version this is.")
    private boolean version;

    private Main() { }

    public static void main(String[] arguments) {
        System.exit(run(Shell.ofThisProcess(), arguments));
    }

    /**
     * @return the exit code
     */
    static int run(Shell shell, String... arguments) {
        CommandLine line = new CommandLine(new Main());
        commands(shell).forEach(line::addSubcommand);
        Complaints complaints = new Complaints(shell.err());
        int code = line
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(complaints)
                .setExecutionExceptionHandler(complaints)
                .setOut(shell.outWriter())
                .execute(arguments);
        return shell.out().checkError() ? complaints.cannotWrite() : code;
    }

    private static List<Object> commands(Shell shell) {
        return List.of(new LinkCommand(shell), new PinCommand(shell), new KeygenCommand(shell), new CheckCommand(shell),
                new AuditCommand(shell));
    }

    /** The version that the jar's manifest says. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"guacamole-auth-console " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
