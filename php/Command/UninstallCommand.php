<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Lock;
use FfiZts\Bundle\PlainReporter;
use FfiZts\Install\Bundles;
use FfiZts\Install\CannotWrite;
use FfiZts\Install\Enabler;
use FfiZts\Install\InstalledBundle;
use FfiZts\Install\OwnState;
use FfiZts\Install\PhpIni;
use FfiZts\Install\Tree;

/** `ffi-zts uninstall`: removes the bundles, after what loads them. */
final class UninstallCommand implements Command
{
    public function __construct(private readonly string $package)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'uninstall',
            'Removes the bundles that install unpacked, and what loads them',
            <<<'TEXT'
                First what `enable` wrote is taken back, for every SAPI of this PHP; where that needs root, nothing is
                removed at all. Then the bundles go, or the one that is named. Processes that run keep what they have
                loaded. The package itself is Composer's: composer remove ffi-zts/ffi-zts.

                    vendor/bin/ffi-zts uninstall
                    vendor/bin/ffi-zts uninstall host8.2-guest8.2-linux-x86_64-glibc
                TEXT,
            [new Argument('bundle', 'The bundle that is to be removed; all of them otherwise', false)],
        );
    }

    public function run(Input $input, Output $output): int
    {
        $bundles = Bundles::ofPackage($this->package);
        $reporter = PlainReporter::standard($output->isVerbose());
        try {
            // Not while an install writes there. The file of the lock stays: another process may wait for it.
            $lock = is_dir($bundles->directory) ? Lock::acquire($bundles->directory, $reporter) : null;
        } catch (InstallError $error) {
            throw new Failure($error->text(), $error->status->value, $error);
        }
        try {
            return $this->remove($bundles, $input->argument('bundle'), $output);
        } finally {
            $lock?->release();
        }
    }

    private function remove(Bundles $bundles, ?string $id, Output $output): int
    {
        $chosen = self::chosen($bundles, $id);
        try {
            $enabled = self::forThisPhp($chosen) && self::disable($bundles, $output);
            foreach ($chosen as $bundle) {
                self::removeBundle($bundles, $bundle);
                $output->write("Removed $bundle->path\n");
            }
            self::removeRest($bundles);
        } catch (CannotWrite $error) {
            throw new Failure($error->getMessage(), Failure::CANNOT_WRITE, $error);
        }
        if ($chosen === [] && !$enabled) {
            $output->write("There are no bundles in $bundles->directory.\n");
        }
        return 0;
    }

    /** @return list<InstalledBundle> */
    private static function chosen(Bundles $bundles, ?string $id): array
    {
        $all = $bundles->all();
        if ($id === null) {
            return $all;
        }
        foreach ($all as $bundle) {
            if ($bundle->id === $id) {
                return [$bundle];
            }
        }
        $there = $all === [] ? 'none' : implode(', ', array_map(static fn (InstalledBundle $bundle): string => $bundle->id, $all));
        throw new UsageError("there is no bundle '$id' in $bundles->directory (there are: $there)");
    }

    /**
     * Whether the PHP that runs this loads one of them, or may.
     *
     * @param list<InstalledBundle> $chosen
     */
    private static function forThisPhp(array $chosen): bool
    {
        $minors = array_map(static fn (InstalledBundle $bundle): string => $bundle->hostMinor(), $chosen);
        return $chosen === [] || in_array(PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION, $minors, true);
    }

    /** @return bool whether anything was there to take back */
    private static function disable(Bundles $bundles, Output $output): bool
    {
        $done = false;
        foreach (PhpIni::current()->sapis() ?: [null] as $sapi) {
            foreach (Enabler::for($sapi)->lines() as $line) {
                // Somebody else's line counts where it would load what is removed here.
                if ($line->state === OwnState::Ours || $bundles->holds($line->target)) {
                    $done = DisableCommand::one($sapi, $output) || $done;
                    break;
                }
            }
        }
        DisableCommand::removeCopy($output);
        return $done;
    }

    /** The link first: nobody finds what is half gone. */
    private static function removeBundle(Bundles $bundles, InstalledBundle $bundle): void
    {
        Tree::remove($bundles->iniDirectory($bundle->hostMinor()));
        Tree::remove($bundle->path);
        foreach (glob("$bundles->directory/$bundle->id@*") ?: [] as $directory) {
            Tree::remove($directory);
        }
    }

    /** What is left when no bundle is. */
    private static function removeRest(Bundles $bundles): void
    {
        if (is_dir($bundles->directory) && $bundles->all() === []) {
            foreach (array_diff(scandir($bundles->directory), ['.', '..', Lock::FILE]) as $name) {
                Tree::remove("$bundles->directory/$name");
            }
        }
    }
}
