<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\CannotWrite;
use FfiZts\Install\Enabler;
use FfiZts\Install\NoSuchSapi;
use FfiZts\Install\PhpIni;
use FfiZts\Install\SystemCopy;

/** `ffi-zts disable`: takes back what `enable` wrote, the line before the file. */
final class DisableCommand implements Command
{
    public static function definition(): Definition
    {
        return new Definition(
            'disable',
            'Takes back what enable wrote',
            <<<'TEXT'
                Removes the ini file that enable wrote, by its mark and by the hash in it: a file that was edited, or
                that is somebody else's, is left alone and named. When no SAPI loads it any more, the copy of --system
                goes, too. The bundles stay: `ffi-zts uninstall` removes them.

                    vendor/bin/ffi-zts disable
                    sudo vendor/bin/ffi-zts disable --sapi=fpm
                TEXT,
            [],
            [
                new Option('sapi', 'For another SAPI than the command line', 'NAME', choices: ['cli', 'fpm', 'apache2', 'cgi']),
                new Option('all', 'For every SAPI of this PHP'),
            ],
        );
    }

    public function run(Input $input, Output $output): int
    {
        if ($input->has('all') && $input->value('sapi') !== null) {
            throw new UsageError('disable takes --all or --sapi, not both');
        }
        try {
            $done = $input->has('all') ? self::everywhere($output) : self::one($input->value('sapi'), $output);
            self::removeCopy($output);
        } catch (NoSuchSapi $error) {
            throw new UsageError($error->getMessage(), previous: $error);
        } catch (CannotWrite $error) {
            throw new Failure($error->getMessage(), Failure::CANNOT_WRITE, $error);
        }
        if (!$done) {
            $output->write("Nothing of ours is enabled.\n");
        }
        return 0;
    }

    /** @return bool whether anything was there to take back */
    private static function everywhere(Output $output): bool
    {
        $done = false;
        foreach (PhpIni::current()->sapis() ?: [null] as $sapi) {
            $done = self::one($sapi, $output) || $done;
        }
        return $done;
    }

    /** Removes the copy of `enable --system` when no SAPI loads it any more. */
    public static function removeCopy(Output $output): void
    {
        $copy = new SystemCopy((string) ini_get('extension_dir'));
        $directory = $copy->directory();
        if ($directory === null) {
            return;
        }
        foreach (PhpIni::current()->sapis() ?: [null] as $sapi) {
            if (Enabler::for($sapi)->lines() !== []) {
                return;
            }
        }
        $copy->remove();
        $output->write("Removed $directory\n");
    }

    /** @return bool whether anything was there to take back */
    public static function one(?string $sapi, Output $output): bool
    {
        $enabler = Enabler::for($sapi);
        if (!$enabler->disable()) {
            return false;
        }
        $output->write("{$enabler->name()} does not load ffi_zts any more: removed " . ($enabler->place->active ?? '') . "\n");
        $restart = $enabler->restart();
        $output->write($restart === null ? '' : "$restart\n");
        return true;
    }
}
