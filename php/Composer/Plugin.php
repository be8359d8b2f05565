<?php

declare(strict_types=1);

namespace FfiZts\Composer;

use Composer\Composer;
use Composer\EventDispatcher\EventSubscriberInterface;
use Composer\IO\IOInterface;
use Composer\Plugin\PluginInterface;
use Composer\Script\Event;
use Composer\Script\ScriptEvents;

/**
 * Runs the same install as `vendor/bin/ffi-zts install` after `composer install` and `composer update`.
 *
 * Composer itself does not fail because of it, unless FFI_ZTS_REQUIRE=1 asks for that. When an update replaces this class,
 * Composer loads the new one under another name: it stays in one file, and nothing in it depends on its own name.
 */
final class Plugin implements PluginInterface, EventSubscriberInterface
{
    public function activate(Composer $composer, IOInterface $io): void
    {
    }

    public function deactivate(Composer $composer, IOInterface $io): void
    {
    }

    /** The bundles stay: an ini file may name one, and PHP complains of each that is not there. */
    public function uninstall(Composer $composer, IOInterface $io): void
    {
        $bundles = $composer->getConfig()->get('vendor-dir') . '/ffi-zts/.bundles';
        if (is_dir($bundles)) {
            $io->writeError("ffi-zts: $bundles stays, since an ini file may name what is in it; remove it where none does");
        }
    }

    /** @return array<string, string> */
    public static function getSubscribedEvents(): array
    {
        return [ScriptEvents::POST_INSTALL_CMD => 'install', ScriptEvents::POST_UPDATE_CMD => 'install'];
    }

    /** @throws \RuntimeException where FFI_ZTS_REQUIRE=1 is set and the bundle is not there in the end */
    public function install(Event $event): void
    {
        // This code outlives its own package by the rest of the run that removes it.
        if (!is_file(dirname(__DIR__) . '/Bundle/Installer.php')) {
            return;
        }
        $io = $event->getIO();
        try {
            $installed = PluginInstall::run($event->getComposer(), $io, dirname(__DIR__, 2));
        } catch (\Throwable $error) {
            $installed = false;
            $io->writeError('<warning>ffi-zts: ' . get_class($error) . ": {$error->getMessage()}</warning>");
            $io->writeError($error->getTraceAsString(), true, IOInterface::VERBOSE);
        }
        if ($installed) {
            return;
        }
        if (!in_array((string) getenv('FFI_ZTS_REQUIRE'), ['', '0'], true)) {
            throw new \RuntimeException('ffi_zts is not installed, and FFI_ZTS_REQUIRE is set; the reason stands above');
        }
        $io->writeError('ffi-zts: Composer goes on without it; `vendor/bin/ffi-zts install` tries again');
    }
}
