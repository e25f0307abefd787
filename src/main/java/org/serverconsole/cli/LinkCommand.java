package org.serverconsole.cli;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Signs a login URL, as a hosting panel does when its customer clicks "Console". */
@Command(
        name = "link",
        sortOptions = false,
        description = "Print a login URL that opens the console of a server once.",
        optionListHeading = "%n",
        footer = {
            "",
            "  java -jar guacamole-auth-console.jar link --server 14494 --customer c-17 \\",
            "      --key-file console.key --url https://console.example.com/guacamole/"})
final class LinkCommand implements Callable<Integer> {

    @Option(names = "--server", paramLabel = "<id>", required = true, converter = Identifier.class,
            description = "The server, as servers.json names it.")
    private String server;

    @Option(names = "--customer", paramLabel = "<id>", required = true, converter = Identifier.class,
            description = "The customer, as the panel names them.")
    private String customer;

    @Option(names = "--key-file", paramLabel = "<file>", required = true,
            description = "The file with the key that console-token-key has (made by keygen), or - for standard input. Of two keys"
                    + " with a comma between them, the first signs.")
    private String keyFile;

    @Option(names = "--url", paramLabel = "<url>", required = true, converter = BaseUrl.class,
            description = "Guacamole's own URL as the customer reaches it.")
    private URI url;

    @Option(names = "--valid", paramLabel = "<time>", defaultValue = "10m", converter = Validity.class,
            description = "How long the URL can be used: 90s, 10m, at most 24h. Without it: ${DEFAULT-VALUE}. The console it opens"
                    + " lasts longer.")
    private Duration valid;

    @Option(names = "--page", paramLabel = "<page>", defaultValue = "console",
            description = "console (the extension's own, the default) or guacamole (Guacamole's application, with its menu).")
    private LoginPage page;

    @Option(names = "--ip", paramLabel = "<address>", converter = ClientAddress.class,
            description = "The only address the URL can be used from. Without it: any.")
    private Optional<String> address;

    @Option(names = "--locale", paramLabel = "<tag>", converter = LanguageTag.class,
            description = "The customer's language, such as en or pt-BR. Without it: the browser's.")
    private Optional<String> locale;

    private final Shell shell;

    LinkCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws CommandException {
        TokenSigner signer = new TokenSigner(new KeyFile(shell.in()).read(keyFile), shell.clock(), shell.random());
        String token = signer.sign(new TokenSigner.Claims(customer, server, valid, address, locale));
        shell.out().println(page.loginUrl(url, server, token));
        return 0;
    }
}
