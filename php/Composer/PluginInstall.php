<?php

declare(strict_types=1);

namespace FfiZts\Composer;

use Composer\Composer;
use Composer\IO\IOInterface;
use FfiZts\Bundle\Host;
use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Installer;
use FfiZts\Bundle\InstallRequest;
use FfiZts\Bundle\Place;
use FfiZts\Bundle\Status;

/** The install as the Composer plugin makes it: by Composer's settings, its network and its output. */
final class PluginInstall
{
    /**
     * @param string $package directory of the package
     *
     * @return bool whether nothing is left to be done
     */
    public static function run(Composer $composer, IOInterface $io, string $package): bool
    {
        $reporter = new IoReporter($io);
        try {
            return self::installer($composer, $reporter, $package)->run() === Status::Done;
        } catch (InstallError $error) {
            $reporter->warning($error->text());
            return false;
        }
    }

    private static function installer(Composer $composer, IoReporter $reporter, string $package): Installer
    {
        $config = $composer->getConfig();
        $vendor = (string) $config->get('vendor-dir');
        $settings = $composer->getPackage()->getExtra()['ffi-zts'] ?? [];
        $environment = getenv();
        $cache = (string) $config->get('cache-dir');
        $request = new InstallRequest(
            new Place($package, realpath($vendor) ?: $vendor, getcwd() ?: null),
            settings: is_array($settings) ? $settings : throw new InstallError(Status::Usage, 'extra.ffi-zts in composer.json is no object'),
            environment: $environment,
            cache: $cache === '' || str_starts_with($cache, '/dev/null') ? null : $cache,
        );
        $web = $request->networkIsDisabled() ? null : new ComposerFetch($composer->getLoop()->getHttpDownloader());
        return new Installer($request, Host::detect(), $reporter, $web);
    }
}
