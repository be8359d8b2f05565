<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\ExtensionFile;

/**
 * Reads the command line up to the command, sees to it that the extension is loaded where the command needs it, and
 * runs the command.
 *
 * `run` and `php` have php's own command line, and are taken before any other class is loaded. All others have a
 * definition, which symfony/console reads where it is there.
 */
final class Application
{
    /** Exit status when the command line makes no sense (EX_USAGE of sysexits.h). */
    public const EXIT_USAGE = 64;

    /** @var list<class-string<Command>> */
    private const COMMANDS = [
        InstallCommand::class,
        EnableCommand::class,
        DisableCommand::class,
        UninstallCommand::class,
        DoctorCommand::class,
        InfoCommand::class,
        EnvCommand::class,
        RelinkCommand::class,
        BuildCommand::class,
    ];

    private readonly string $package;

    /**
     * @param list<string> $argv   as PHP has it: the name of the command first
     * @param string       $script the path of php/bin/ffi-zts
     */
    private function __construct(
        private readonly array $argv,
        private readonly string $script,
        private readonly GlobalOptions $options,
    ) {
        $this->package = dirname($script, 3);
    }

    /**
     * @param list<string> $argv   as PHP has it: the name of the command first
     * @param string       $script the path of php/bin/ffi-zts
     *
     * @return int the exit status
     */
    public static function main(array $argv, string $script): int
    {
        try {
            return (new self($argv, $script, GlobalOptions::parse(array_slice($argv, 1))))->dispatch();
        } catch (UsageError $error) {
            self::complain($error->getMessage() . ' (ffi-zts --help lists what there is)');
            return self::EXIT_USAGE;
        } catch (Failure $error) {
            self::complain($error->getMessage());
            return $error->getCode();
        } catch (\Throwable $error) {
            if (!$error instanceof \FfiZts\Exception) {
                throw $error;
            }
            self::complain($error->getMessage());
            return Failure::INTERNAL;
        }
    }

    private function dispatch(): int
    {
        $rest = $this->options->rest;
        $name = $rest[0] ?? null;
        if ($this->options->version) {
            return $this->version();
        }
        if ($this->options->help || $rest === ['help']) {
            fwrite(STDOUT, $this->overview());
            return 0;
        }
        return match ($name) {
            null => throw new UsageError('no command given'),
            'run' => $this->runInGuest(array_slice($rest, 1)),
            'php' => $this->startPhp(array_slice($rest, 1)),
            default => $this->command($name, array_slice($rest, 1)),
        };
    }

    /** @param list<string> $given php's arguments */
    private function runInGuest(array $given): int
    {
        $this->needExtension();
        return (new RunCommand($this->options->boot, $this->options->phpBinary))->run($given);
    }

    /** @param list<string> $given php's arguments */
    private function startPhp(array $given): int
    {
        if ($this->options->boot !== [] || $this->options->phpBinary !== null) {
            throw new UsageError('php takes its settings as php does, `ffi-zts php -d ffi_zts.threads=4 script.php`, and no options before it');
        }
        HostProcess::php($this->argv, $given);
    }

    /** @param list<string> $given what follows the command's name */
    private function command(string $name, array $given): int
    {
        $definitions = self::definitions();
        $definition = $definitions[$name] ?? null;
        // These two mend a project that is broken, and so must not end with it.
        $careful = in_array($name, ['doctor', 'install'], true);
        $console = !($careful && Console::trouble($this->package) !== null) && Console::available($this->package);
        if ($definition === null && !($console && in_array($name, Console::BUILT_IN, true))) {
            $reason = in_array($name, Console::BUILT_IN, true) ? ': symfony/console is not here (composer install brings it)' : '';
            throw new UsageError("unknown command '$name'$reason");
        }
        $help = array_intersect(['-h', '--help'], $given) !== [];
        if ($definition !== null && !$help) {
            $this->satisfy($definition->need);
        }
        if ($console) {
            // Those of php's command line are known to help, lists and completion; they never come here to be run.
            $commands = array_map(
                fn (Definition $known): array => [$known, fn (): Command => $this->make($known->name)],
                ['php' => HostProcess::definition(), 'run' => RunCommand::definition(), ...$definitions],
            );
            return Console::run($commands, [...$this->options->console, $name, ...$given], Package::version($this->package));
        }
        if ($help) {
            fwrite(STDOUT, $definition->text());
            return 0;
        }
        // As symfony/console has it, which takes these itself.
        $verbose = ['-v', '--verbose'];
        $input = PlainInput::parse($definition, array_values(array_diff($given, $verbose)));
        return $this->make($name)->run($input, new PlainOutput(array_intersect($verbose, $given) !== []));
    }

    /** @return array<string, Definition> */
    private static function definitions(): array
    {
        $definitions = [];
        foreach (self::COMMANDS as $class) {
            $definition = $class::definition();
            $definitions[$definition->name] = $definition;
        }
        return $definitions;
    }

    private function make(string $name): Command
    {
        return match ($name) {
            'install' => new InstallCommand($this->package),
            'enable' => new EnableCommand($this->package),
            'disable' => new DisableCommand(),
            'uninstall' => new UninstallCommand($this->package),
            'doctor' => $this->doctor(),
            'info' => new InfoCommand($this->options->boot),
            'env' => new EnvCommand($this->package),
            'relink' => new RelinkCommand($this->options->boot),
            'build' => new BuildCommand($this->package, $this->options->boot['runtime'] ?? null),
        };
    }

    private function doctor(): DoctorCommand
    {
        $loadedByUser = extension_loaded('ffi_zts') && !$this->options->reexecuted;
        return new DoctorCommand($this->package, HostProcess::shown($this->argv, $this->script), $this->options->boot, $loadedByUser);
    }

    private function satisfy(Need $need): void
    {
        if ($need === Need::Extension) {
            $this->needExtension();
        } elseif ($need === Need::IfThere && !extension_loaded('ffi_zts') && !$this->options->reexecuted) {
            $file = ExtensionFile::locate()->path;
            if ($file !== null && HostProcess::possible() && HostProcess::loads($this->argv, $file)) {
                HostProcess::reexecute($this->argv, $this->script, $file);
            }
        }
    }

    /** Returns when the extension is loaded in this process; starts PHP again with it otherwise. */
    private function needExtension(): void
    {
        if (extension_loaded('ffi_zts')) {
            return;
        }
        $file = ExtensionFile::locate();
        if ($file->path === null) {
            throw new Failure($file->notFound());
        }
        if ($this->options->reexecuted) {
            throw new Failure("PHP could not load $file->path; `php -d extension=$file->path -v` tells why, and `ffi-zts doctor` what to do");
        }
        HostProcess::reexecute($this->argv, $this->script, $file->path);
    }

    private function version(): int
    {
        $this->needExtension();
        fwrite(STDOUT, 'ffi_zts ' . phpversion('ffi_zts') . "\n");
        return 0;
    }

    private function overview(): string
    {
        $rows = [];
        foreach ([HostProcess::definition(), RunCommand::definition(), ...array_values(self::definitions())] as $definition) {
            $rows[] = [$definition->name, $definition->summary];
        }
        $rows[] = ['completion', 'Prints what completes this command in bash'];
        $text = "Usage: ffi-zts [option...] command [argument...]\n\nCommands (`ffi-zts COMMAND --help` tells more):\n";
        foreach ($rows as [$name, $summary]) {
            $text .= sprintf("  %-10s  %s\n", $name, $summary);
        }
        return "$text\nOptions, before the command; most are the option of FfiZts::boot() with that name:\n" . GlobalOptions::describe();
    }

    private static function complain(string $message): void
    {
        fwrite(STDERR, "ffi-zts: $message\n");
    }
}
