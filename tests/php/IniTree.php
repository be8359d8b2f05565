<?php

declare(strict_types=1);

namespace FfiZts\Tests;

/** Ini directories as a distribution keeps them, below a directory of a test's; PHP is sent there by PHP_INI_SCAN_DIR. */
final class IniTree
{
    /** @param array<string, string> $environment for the command */
    private function __construct(public readonly string $directory, public readonly string $scan, public readonly array $environment)
    {
    }

    /** Debian's: phpenmod, phpdismod and phpquery are the system's own, sent to this tree. */
    public static function debian(string $root): self
    {
        $minor = Project::minor();
        foreach (['cli/conf.d', 'fpm/conf.d', 'mods-available'] as $name) {
            mkdir("$root/etc/php/$minor/$name", 0755, true);
        }
        mkdir("$root/sbin");
        foreach (['/usr/lib/php/php-helper', '/usr/sbin/phpquery', '/usr/sbin/phpenmod'] as $file) {
            $moved = strtr((string) file_get_contents($file), [
                '/usr/lib/php/php-helper' => "$root/sbin/php-helper",
                '/etc/php' => "$root/etc/php",
                '/var/lib/php' => "$root/var/lib/php",
            ]);
            file_put_contents("$root/sbin/" . basename($file), $moved);
            chmod("$root/sbin/" . basename($file), 0755);
        }
        symlink('phpenmod', "$root/sbin/phpdismod");
        $scan = "$root/etc/php/$minor/cli/conf.d";
        return new self("$root/etc/php/$minor", $scan, ['PHP_INI_SCAN_DIR' => $scan, 'PATH' => "$root/sbin:" . getenv('PATH')]);
    }

    /** That of the official images: one directory, and a program that writes into it. */
    public static function official(string $root): self
    {
        mkdir($scan = "$root/usr/local/etc/php/conf.d", 0755, true);
        mkdir("$root/bin");
        file_put_contents("$root/bin/docker-php-ext-enable", "#!/bin/sh\nexit 1\n");
        chmod("$root/bin/docker-php-ext-enable", 0755);
        return new self($scan, $scan, ['PHP_INI_SCAN_DIR' => $scan, 'PATH' => "$root/bin:" . getenv('PATH')]);
    }

    /** Any other: one directory for all SAPIs. */
    public static function plain(string $root): self
    {
        mkdir($scan = "$root/php.d", 0755, true);
        return new self($scan, $scan, ['PHP_INI_SCAN_DIR' => $scan]);
    }
}
