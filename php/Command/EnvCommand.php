<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\Bundles;
use FfiZts\Install\CannotWrite;
use FfiZts\Install\ExtensionFile;
use FfiZts\Install\OwnFile;
use FfiZts\Install\OwnState;

/** `ffi-zts env`: the environment variable by which any php loads the extension, without a change to its configuration. */
final class EnvCommand implements Command
{
    private const VARIABLE = 'PHP_INI_SCAN_DIR';

    private const FORMS = ['shell', 'cron', 'systemd', 'fpm', 'docker'];

    public function __construct(private readonly string $package)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'env',
            'Prints the environment variable that has any php load the extension',
            <<<'TEXT'
                PHP_INI_SCAN_DIR names one more directory, with an ini file that loads the extension; what it is set to
                already stays. Nothing of PHP's configuration is changed.

                    export "$(vendor/bin/ffi-zts env)"; php script.php
                    env "$(vendor/bin/ffi-zts env)" php script.php

                --for prints it as that place wants it: `shell` a line to evaluate, `cron` a line of a crontab,
                `systemd` and `fpm` the drop-in of a service (for FPM it is the master's environment that counts, and no
                `env[…]` of a pool), `docker` a line of a Dockerfile. --json is for programs.
                TEXT,
            [],
            [
                new Option('for', 'The form: ' . implode(', ', self::FORMS), 'PLACE', choices: self::FORMS),
                new Option('json', 'As JSON'),
            ],
        );
    }

    public function run(Input $input, Output $output): int
    {
        $form = $input->value('for');
        if ($form !== null && !in_array($form, self::FORMS, true)) {
            throw new UsageError("env has no form '$form' (there are: " . implode(', ', self::FORMS) . ')');
        }
        if ($form !== null && $input->has('json')) {
            throw new UsageError('env takes --json or --for, not both');
        }
        [$directory, $extension] = $this->prepared();
        $value = self::value(getenv(self::VARIABLE), $directory);
        $output->write($input->has('json')
            ? Json::encode([self::VARIABLE => $value, 'directory' => $directory, 'extension' => $extension])
            : self::form($form, $value));
        return 0;
    }

    /**
     * The variable with one more directory. An empty part stands for the directory that PHP was built with, so that unset is not empty.
     *
     * @param string|false $present what it is set to, false when unset
     */
    public static function value(string|false $present, string $directory): string
    {
        $parts = $present === false ? [''] : ($present === '' ? [] : explode(PATH_SEPARATOR, $present));
        return implode(PATH_SEPARATOR, in_array($directory, $parts, true) ? $parts : [...$parts, $directory]);
    }

    public static function form(?string $form, string $value): string
    {
        $line = self::VARIABLE . "=$value";
        return match ($form) {
            null, 'cron' => "$line\n",
            'shell' => 'export ' . self::VARIABLE . '=' . escapeshellarg($value) . "\n",
            'systemd' => "[Service]\n" . self::systemd($line),
            'fpm' => '# systemctl edit php' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . "-fpm, then restart it\n" . self::form('systemd', $value),
            'docker' => 'ENV ' . self::VARIABLE . '="' . addcslashes($value, '"\\$') . "\"\n",
            default => throw new \LogicException("no form $form"),
        };
    }

    /** A percent sign is a specifier in a unit file. */
    private static function systemd(string $line): string
    {
        return 'Environment="' . str_replace('%', '%%', addcslashes($line, '"\\')) . "\"\n";
    }

    /**
     * The directory with the ini file, which is written where it is missing, or names another file.
     *
     * @return array{string, string} the directory, and the extension that it loads
     */
    private function prepared(): array
    {
        $file = ExtensionFile::locate();
        $path = $file->path ?? throw new Failure($file->notFound(), Failure::UNSUPPORTED);
        $minor = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        $bundles = Bundles::ofPackage($this->package);
        // A build of one's own is a checkout's.
        $built = str_starts_with($path, realpath($this->package) . '/build/');
        $directory = $built ? dirname($path) . "/ini/$minor" : $bundles->iniDirectory($minor);
        if (str_contains($directory, PATH_SEPARATOR)) {
            throw new Failure("$directory has a colon in it, which separates directories in " . self::VARIABLE, Failure::UNSUPPORTED);
        }
        $ini = "$directory/30-ffi_zts.ini";
        $text = OwnFile::text($file->line);
        if (OwnFile::state($ini) !== OwnState::Ours || file_get_contents($ini) !== $text) {
            if (!is_dir($directory) && !@mkdir($directory, 0755, true)) {
                throw new Failure("cannot make $directory: " . (error_get_last()['message'] ?? 'unknown'), Failure::CANNOT_WRITE);
            }
            try {
                OwnFile::write($ini, $text);
            } catch (CannotWrite $error) {
                throw new Failure($error->getMessage(), Failure::CANNOT_WRITE, $error);
            }
        }
        return [$directory, $path];
    }
}
