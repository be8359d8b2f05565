<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

use FfiZts\Install\IniLine;
use FfiZts\Install\InstalledBundle;
use FfiZts\Install\Objection;

/**
 * What is known of host, package, configuration and files. The defaults are those of a host where all is well.
 *
 * Survey finds them; a test gives its own.
 */
final class Facts
{
    /**
     * @param string                 $command            how this very command is started, in a shell
     * @param string                 $package            directory of the package
     * @param bool                   $checkout           it is one, with a Makefile, and not in vendor/
     * @param ?bool                  $pluginAllowed      what the project's composer.json says of our plugin; null: there is no project, or no plugin
     * @param ?string                $autoloadError      why Composer's autoloader does not load in this PHP
     * @param int                    $user               uid of this process
     * @param string                 $php                PHP_BINARY
     * @param string                 $version            of PHP
     * @param string                 $minor              as 8.2
     * @param int                    $api                ZEND_MODULE_API_NO; 0: unknown
     * @param string                 $libc               as Libc names it: glibc or musl
     * @param ?string                $libcVersion        null: unknown
     * @param bool                   $canStart           there is a function to start PHP again with
     * @param list<string>           $confined           settings that confine this command line
     * @param string                 $temporary          directory for temporary files
     * @param bool                   $temporaryWritable  it is there, and this user may write
     * @param string                 $extensionDir       the host's
     * @param bool                   $extensionDirExists
     * @param array<string, IniLine> $settings           the line that sets extension_dir, ffi_zts.extensions and their like, by their names
     * @param ?string                $extension          the ffi_zts.so that would be loaded; null: there is none
     * @param list<string>           $seen               where it was looked for
     * @param bool                   $loadedByIni        PHP has it without our help, by an ini file or by an option of the user's
     * @param ?string                $loadError          PHP's words for not loading it
     * @param list<InstalledBundle>  $bundles            all that are unpacked
     * @param ?InstalledBundle       $bundle             the one of this PHP
     * @param ?string                $bundleHash         the first digits of its archive's SHA-256, by the name of its directory
     * @param ?string                $packageVersion     of the package's manifest; null: it has none
     * @param array<string, string>  $pins               SHA-256 of each archive, by id, of the package's manifest
     * @param array<string, string>  $changed            files of bundle or runtime that are not what they should be, and how
     * @param ?Objection             $objection          who could change the runtime
     * @param array<string, string>  $missingLibraries   soname => the file that needs it
     * @param array<string, string>  $libraryPackages    soname => the Debian package that has it
     * @param ?string                $systemCopy         directory of the copy in the extension directory
     * @param bool                   $systemCopyCurrent  it has the files of the bundle
     * @param array<mixed>           $runtime            runtime.json
     * @param list<IniLine>          $lines              lines of this SAPI that load ffi_zts, in PHP's order
     * @param ?Objection             $iniObjection       who could change an ini file of root's that loads ffi_zts
     * @param ?Objection             $targetObjection    who could change what such a file loads
     * @param EnableWay              $enableWay          how `enable` can be done here
     * @param list<string>           $sapisWithout       SAPIs of this PHP that do not load it, and have a directory of their own
     * @param list<FpmMaster>        $fpm                masters of FPM that run what we are asked about
     * @param bool                   $fpmEnabled         FPM's ini files load ffi_zts
     * @param list<string>           $hostExtensions     loaded in the host
     * @param list<string>           $guestExtensions    that the runtime has, in lower case
     * @param bool                   $canBuild           the runtime has its headers, so that extensions can be built for it
     * @param ?string                $runtimeOption      the runtime, where an option of this command names it
     * @param list<array{check: string, ok: bool, detail: string, remedy: ?string}> $engine what the extension itself found
     */
    public function __construct(
        public readonly string $command = 'vendor/bin/ffi-zts',
        public readonly string $package = '/app/vendor/ffi-zts/ffi-zts',
        public readonly bool $checkout = false,
        public readonly ?bool $pluginAllowed = null,
        public readonly ?string $autoloadError = null,
        public readonly int $user = 1000,
        public readonly string $php = '/usr/bin/php8.2',
        public readonly string $version = '8.2.30',
        public readonly string $minor = '8.2',
        public readonly bool $zts = false,
        public readonly bool $debug = false,
        public readonly int $api = 20220829,
        public readonly string $arch = 'x86_64',
        public readonly string $libc = 'glibc',
        public readonly ?string $libcVersion = '2.36',
        public readonly bool $canStart = true,
        public readonly array $confined = [],
        public readonly string $temporary = '/tmp',
        public readonly bool $temporaryWritable = true,
        public readonly string $extensionDir = '/usr/lib/php/20220829',
        public readonly bool $extensionDirExists = true,
        public readonly array $settings = [],
        public readonly ?string $extension = '/app/vendor/ffi-zts/.bundles/host8.2-guest8.2-linux-x86_64-glibc/ffi_zts.so',
        public readonly array $seen = [],
        public readonly bool $loadedByIni = true,
        public readonly ?string $loadError = null,
        public readonly array $bundles = [],
        public readonly ?InstalledBundle $bundle = null,
        public readonly ?string $bundleHash = null,
        public readonly ?string $packageVersion = null,
        public readonly array $pins = [],
        public readonly array $changed = [],
        public readonly ?Objection $objection = null,
        public readonly array $missingLibraries = [],
        public readonly array $libraryPackages = [],
        public readonly ?string $systemCopy = null,
        public readonly bool $systemCopyCurrent = true,
        public readonly array $runtime = [],
        public readonly array $lines = [],
        public readonly ?Objection $iniObjection = null,
        public readonly ?Objection $targetObjection = null,
        public readonly EnableWay $enableWay = EnableWay::Own,
        public readonly array $sapisWithout = [],
        public readonly array $fpm = [],
        public readonly bool $fpmEnabled = false,
        public readonly array $hostExtensions = [],
        public readonly array $guestExtensions = [],
        public readonly bool $canBuild = true,
        public readonly ?string $runtimeOption = null,
        public readonly array $engine = [],
    ) {
    }

    /** The command as root runs it; with sudo for everybody else. */
    public function asRoot(string $command): string
    {
        return $this->user === 0 ? $command : "sudo $command";
    }

    /** What has this PHP load the extension. */
    public function enable(): string
    {
        return match ($this->enableWay) {
            EnableWay::Own => "$this->command enable",
            EnableWay::Root => $this->asRoot("$this->command enable"),
            EnableWay::Copy => $this->asRoot("$this->command enable --system"),
            EnableWay::Environment => "export \"\$($this->command env)\"",
        };
    }

    /** The command with sudo where this user may not write that file. */
    public function asOwner(string $command, string $file): string
    {
        return is_writable(file_exists($file) ? $file : dirname($file)) ? $command : $this->asRoot($command);
    }

    /** What makes the files anew. */
    public function install(): string
    {
        return $this->checkout ? 'make -C ' . escapeshellarg($this->package) : "$this->command install";
    }
}
