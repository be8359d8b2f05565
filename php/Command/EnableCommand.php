<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\Bundles;
use FfiZts\Install\CannotWrite;
use FfiZts\Install\Enabler;
use FfiZts\Install\ExtensionFile;
use FfiZts\Install\InstalledBundle;
use FfiZts\Install\NoSuchSapi;
use FfiZts\Install\PhpIni;
use FfiZts\Install\SystemCopy;
use FfiZts\Install\Trust;

/** `ffi-zts enable`: has PHP load the extension, by an ini file of our own. */
final class EnableCommand implements Command
{
    public function __construct(private readonly string $package)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'enable',
            'Has PHP load the extension, by an ini file of its own',
            <<<'TEXT'
                Writes one file, and no other is changed: on Debian and Ubuntu mods-available/ffi_zts.ini, which phpenmod
                links; in the official images docker-php-ext-ffi_zts.ini; elsewhere 30-ffi_zts.ini in the directory that
                PHP scans. Then a fresh process of the SAPI is asked whether it has loaded the extension. Where it has
                not, all is taken back.

                An ini file of root's never names a file that others may change. Where the bundle is a user's,
                --system (as root) makes a copy in PHP's extension directory, and loads that.

                    vendor/bin/ffi-zts enable
                    sudo vendor/bin/ffi-zts enable --system --sapi=fpm
                TEXT,
            [],
            [
                new Option('sapi', 'For another SAPI than the command line', 'NAME', choices: ['cli', 'fpm', 'apache2', 'cgi']),
                new Option('system', 'Load a copy that root owns, in the extension directory'),
                new Option('dry-run', 'Say what would be written, and write nothing'),
            ],
        );
    }

    public function run(Input $input, Output $output): int
    {
        $file = ExtensionFile::locate();
        $path = $file->path ?? throw new Failure($file->notFound(), Failure::UNSUPPORTED);
        try {
            $enabler = Enabler::for($input->value('sapi'));
            if ($enabler->place->file === null) {
                return $this->told($file, $output);
            }
            if ($input->has('dry-run')) {
                $line = $input->has('system') ? 'extension=' . ExtensionFile::NAME : $file->line;
                $output->write("Would write {$enabler->place->file}:\n\n    $line\n\n");
                return 0;
            }
            $input->has('system') ? $this->system($path, $enabler, $output) : $this->enable($file->line, $path, $enabler, $output);
        } catch (NoSuchSapi $error) {
            throw new UsageError($error->getMessage(), previous: $error);
        } catch (CannotWrite $error) {
            throw new Failure($error->getMessage(), Failure::CANNOT_WRITE, $error);
        }
        return 0;
    }

    /** Where no directory is scanned the line is the administrator's to add: a php.ini of others is not written to. */
    private function told(ExtensionFile $file, Output $output): int
    {
        $ini = PhpIni::current();
        $output->write("$file->line\n");
        $output->error('ffi-zts: this PHP scans no directory for ini files, and a php.ini is not ours to write. Put the line above into '
            . ($ini->loaded ?? "$ini->directory/php.ini") . ".\n");
        return Failure::CANNOT_WRITE;
    }

    private function enable(string $line, string $path, Enabler $enabler, Output $output): void
    {
        $loaded = $enabler->enable($line, $path);
        $output->write("{$enabler->place->file} loads $path\n");
        if ($loaded === null) {
            $output->write("There is no program of {$enabler->name()} to ask here; its phpinfo() tells whether ffi_zts is loaded.\n");
        } else {
            $output->write($output->paint("A fresh {$enabler->name()} process has loaded ffi_zts.", Mood::Good) . "\n");
        }
        $restart = $enabler->restart();
        $output->write($restart === null ? '' : "$restart\n");
    }

    private function system(string $path, Enabler $enabler, Output $output): void
    {
        if (Trust::user() !== 0) {
            throw new Failure('--system writes into ' . ini_get('extension_dir') . ', as root: '
                . 'sudo ' . PHP_BINARY . " $this->package/php/bin/ffi-zts enable --system", Failure::CANNOT_WRITE);
        }
        $directory = (string) ini_get('extension_dir');
        $copy = new SystemCopy($directory);
        $source = dirname((string) realpath($path));
        if (!is_dir("$source/runtime")) {
            throw new Failure("there is no runtime beside $path to copy", Failure::UNSUPPORTED);
        }
        $earlier = $copy->write($source, Bundles::ofPackage()->holds($path) ? InstalledBundle::at(dirname($path)) : null, new Trust());
        try {
            $this->enable('extension=' . ExtensionFile::NAME, rtrim($directory, '/') . '/' . ExtensionFile::NAME, $enabler, $output);
        } catch (CannotWrite $error) {
            $copy->back($earlier);
            throw $error;
        }
        $copy->prune();
    }
}
