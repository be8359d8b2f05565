<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\ExtensionFile;

/**
 * Reads the command line up to the subcommand, sees to it that the extension is loaded where the subcommand
 * needs it, and runs the subcommand.
 */
final class Application
{
    /** Exit status when the command line makes no sense (EX_USAGE of sysexits.h). */
    public const EXIT_USAGE = 64;

    /** Exit status when ffi_zts itself fails, as opposed to the script (EX_SOFTWARE of sysexits.h). */
    public const EXIT_FAILURE = 70;

    private const HELP = <<<'TEXT'
        Usage: ffi-zts [option...] command [argument...]

        Commands:
          run [php's options] [file | -r code] [argument...]
                       runs a script inside a thread-safe PHP, as `php` would run it
          info [--json]
                       starts the guest and tells what it is
          doctor [--json]
                       checks host, runtime and extensions; names a remedy for each finding
          relink FILE [-o FILE] [--runpath=DIR] [--check] [--json]
                       gives an extension its dependency on the runtime's libphp
          install      builds the extension and the runtime (runs make in the package's directory)
          enable [--write] [--sapi=NAME]
                       tells the line of php.ini that loads the extension, or writes it

        Options, before the command; each is the option of FfiZts::boot() with that name:

        TEXT;

    /**
     * @param list<string> $argv   as PHP has it: the name of the command first
     * @param string       $script the path of php/bin/ffi-zts
     *
     * @return int the exit status
     */
    public static function main(array $argv, string $script): int
    {
        try {
            return self::dispatch($argv, $script);
        } catch (UsageError $error) {
            self::complain($error->getMessage() . " (ffi-zts --help lists what there is)");
            return self::EXIT_USAGE;
        } catch (\Throwable $error) {
            if (!$error instanceof \FfiZts\Exception && !$error instanceof Failure) {
                throw $error;
            }
            self::complain($error->getMessage());
            return self::EXIT_FAILURE;
        }
    }

    private static function dispatch(array $argv, string $script): int
    {
        $options = GlobalOptions::parse(array_slice($argv, 1));
        $name = $options->rest[0] ?? null;
        if ($options->help || $name === 'help') {
            echo self::HELP, GlobalOptions::describe();
            return 0;
        }
        if ($options->version) {
            return self::version($options, $argv, $script);
        }
        if ($name === null) {
            throw new UsageError('no command given');
        }
        $command = self::command($name, $options, $argv, $script);
        return $command->run(array_slice($options->rest, 1));
    }

    private static function command(string $name, GlobalOptions $options, array $argv, string $script): Command
    {
        switch ($name) {
            case 'run':
                self::needExtension($options, $argv, $script);
                return new RunCommand($options->boot, $options->phpBinary);
            case 'info':
                self::needExtension($options, $argv, $script);
                return new InfoCommand($options->boot);
            case 'relink':
                self::needExtension($options, $argv, $script);
                return new RelinkCommand($options->boot);
            case 'doctor':
                if (!extension_loaded('ffi_zts') && !$options->reexecuted && ExtensionFile::locate()->path !== null) {
                    HostProcess::reexecute($argv, $script, ExtensionFile::locate()->path);
                }
                return new DoctorCommand($options->boot, $options->reexecuted);
            case 'install':
                return new InstallCommand(dirname($script, 3));
            case 'enable':
                return new EnableCommand();
            default:
                throw new UsageError("unknown command '$name'");
        }
    }

    /** Returns when the extension is loaded in this process; starts PHP again with it otherwise. */
    private static function needExtension(GlobalOptions $options, array $argv, string $script): void
    {
        if (extension_loaded('ffi_zts')) {
            return;
        }
        $file = ExtensionFile::locate();
        if ($file->path === null) {
            throw new Failure($file->notFound());
        }
        if ($options->reexecuted) {
            throw new Failure("PHP could not load {$file->path}; `php -d extension={$file->path} -v` tells why");
        }
        HostProcess::reexecute($argv, $script, $file->path);
    }

    private static function version(GlobalOptions $options, array $argv, string $script): int
    {
        self::needExtension($options, $argv, $script);
        echo 'ffi_zts ', phpversion('ffi_zts'), "\n";
        return 0;
    }

    private static function complain(string $message): void
    {
        fwrite(STDERR, "ffi-zts: $message\n");
    }
}
