<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

use FfiZts\Bundle\Libc;
use FfiZts\Command\Console;
use FfiZts\Command\Package;
use FfiZts\Install\Bundles;
use FfiZts\Install\ExtensionFile;
use FfiZts\Install\IniLine;
use FfiZts\Install\IniPlace;
use FfiZts\Install\InstalledBundle;
use FfiZts\Install\Objection;
use FfiZts\Install\OwnState;
use FfiZts\Install\PhpIni;
use FfiZts\Install\Program;
use FfiZts\Install\SystemCopy;
use FfiZts\Install\Trust;
use FfiZts\Internal\Doctor as Engine;

/** Finds the facts of this process, this machine and this package. Nothing is changed by it. */
final class Survey
{
    /** Options of a php that tells why it does not load something. */
    private const SHOWING_ERRORS = ['-d', 'display_startup_errors=1', '-d', 'display_errors=1', '-d', 'html_errors=0'];

    private readonly ExtensionFile $file;
    private readonly Bundles $bundles;
    private readonly PhpIni $ini;
    private readonly string $minor;
    private readonly string $extensionDir;

    /**
     * @param string               $package  directory of the package
     * @param string               $command  how this command is started, in a shell
     * @param array<string, mixed> $boot     options for FfiZts::boot()
     * @param bool                 $loaded   the extension is in this process, and not by this command
     */
    public function __construct(
        private readonly string $package,
        private readonly string $command,
        private readonly array $boot,
        private readonly bool $loaded,
    ) {
        $this->file = ExtensionFile::locate();
        $this->bundles = Bundles::ofPackage($package);
        $this->ini = PhpIni::current();
        $this->minor = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        $this->extensionDir = (string) ini_get('extension_dir');
    }

    public function facts(): Facts
    {
        $manifest = Package::manifest($this->package);
        $bundle = $this->bundle();
        $runtime = $this->runtimeDirectory();
        $lines = IniLine::in(self::iniFiles(), $this->extensionDir);
        $copy = new SystemCopy($this->extensionDir);
        $fresh = $this->fresh();
        $loader = Loader::current();
        $libc = Libc::fromMap((string) @file_get_contents('/proc/self/maps'));
        $fpm = new FpmSurvey($this->ini, $this->minor, $this->extensionDir, $this->ours($copy));
        $json = $runtime === null ? [] : json_decode((string) @file_get_contents("$runtime/runtime.json"), true);
        return new Facts(
            command: $this->command,
            package: $this->package,
            checkout: is_file("$this->package/Makefile") && is_dir("$this->package/src") && !is_dir($this->bundles->directory),
            pluginAllowed: $this->pluginAllowed(),
            autoloadError: Console::trouble($this->package),
            user: Trust::user(),
            php: PHP_BINARY,
            version: PHP_VERSION,
            minor: $this->minor,
            zts: PHP_ZTS === 1,
            debug: PHP_DEBUG === 1,
            api: self::api(),
            arch: php_uname('m'),
            libc: $libc->name,
            libcVersion: $libc->version,
            canStart: function_exists('pcntl_exec') || function_exists('proc_open'),
            confined: self::confined(),
            temporary: sys_get_temp_dir(),
            temporaryWritable: is_dir(sys_get_temp_dir()) && is_writable(sys_get_temp_dir()),
            extensionDir: $this->extensionDir,
            extensionDirExists: is_dir($this->extensionDir),
            settings: self::settings(),
            extension: $this->file->path,
            seen: $this->file->seen,
            loadedByIni: $this->loaded || $fresh[0],
            loadError: $this->loadError($fresh, $lines),
            bundles: $this->bundles->all(),
            bundle: $bundle,
            bundleHash: $bundle !== null && preg_match('/@([0-9a-f]+)$/D', (string) realpath($bundle->path), $match) === 1 ? $match[1] : null,
            packageVersion: is_string($manifest['version'] ?? null) ? $manifest['version'] : null,
            pins: self::pins($manifest),
            changed: self::changed($bundle, $runtime, is_array($json) ? $json : []),
            objection: $this->objection($runtime),
            missingLibraries: $this->missingLibraries($loader, $runtime),
            libraryPackages: self::packages($bundle),
            systemCopy: $copy->directory(),
            systemCopyCurrent: $this->file->path === null || $copy->directory() === null || $this->isSystemCopy($copy)
                || $copy->matches(dirname((string) realpath($this->file->path))),
            runtime: is_array($json) ? $json : [],
            lines: $lines,
            iniObjection: self::iniObjection($lines),
            targetObjection: self::targetObjection($lines),
            enableWay: $this->enableWay(),
            sapisWithout: $fpm->sapisWithout(),
            fpm: $fpm->masters(),
            fpmEnabled: $fpm->enabled(),
            hostExtensions: get_loaded_extensions(),
            guestExtensions: self::guestExtensions(is_array($json) ? $json : [], $runtime),
            canBuild: $runtime !== null && is_executable("$runtime/bin/phpize"),
            runtimeOption: is_string($this->boot['runtime'] ?? null) ? $this->boot['runtime'] : null,
            engine: extension_loaded('ffi_zts') ? Engine::findings($this->boot) : [],
        );
    }

    private function bundle(): ?InstalledBundle
    {
        $path = $this->file->path;
        return $path !== null && $this->bundles->holds($path) ? InstalledBundle::at(dirname($path)) : null;
    }

    private function runtimeDirectory(): ?string
    {
        if (is_string($this->boot['runtime'] ?? null)) {
            return is_dir($this->boot['runtime']) ? $this->boot['runtime'] : null;
        }
        $path = $this->file->path === null ? false : realpath($this->file->path);
        foreach ($path === false ? [] : [dirname($path) . '/runtime', dirname($path) . '/ffi_zts/runtime'] as $directory) {
            if (is_file("$directory/runtime.json")) {
                return $directory;
            }
        }
        return null;
    }

    /** Whether the file that would be loaded is the copy itself. */
    private function isSystemCopy(SystemCopy $copy): bool
    {
        return realpath((string) $this->file->path) === realpath($copy->directory() . '/' . ExtensionFile::NAME);
    }

    /** @return list<string> the ini files that PHP has read */
    private static function iniFiles(): array
    {
        $scanned = array_map(trim(...), explode(',', (string) php_ini_scanned_files()));
        return array_values(array_filter([(string) php_ini_loaded_file(), ...$scanned], static fn (string $file): bool => $file !== ''));
    }

    /** @return list<string> the settings that confine this command line */
    private static function confined(): array
    {
        $names = ['open_basedir', 'disable_functions', 'disable_classes'];
        return array_values(array_filter($names, static fn (string $name): bool => (string) ini_get($name) !== ''));
    }

    /** ZEND_MODULE_API_NO, which no constant tells. */
    private static function api(): int
    {
        ob_start();
        phpinfo(INFO_GENERAL);
        return preg_match('/^PHP Extension => (\d+)$/m', (string) ob_get_clean(), $match) === 1 ? (int) $match[1] : 0;
    }

    /** @return array<string, IniLine> the last line that sets extension_dir, and each of ours */
    private static function settings(): array
    {
        $found = [];
        foreach (self::iniFiles() as $file) {
            foreach (explode("\n", (string) @file_get_contents($file)) as $index => $line) {
                if (preg_match('/^[ \t]*(extension_dir|ffi_zts\.\w+)[ \t]*=[ \t]*(.*)$/', $line, $match) === 1) {
                    $found[$match[1]] = new IniLine($file, $index + 1, trim($match[2], " \t\r\"'"), '', OwnState::Foreign);
                }
            }
        }
        return $found;
    }

    /**
     * What a PHP without our help does: whether it has the extension, and what it says of it.
     *
     * @return array{bool, string}
     */
    private function fresh(): array
    {
        $answer = Program::run([PHP_BINARY, ...self::SHOWING_ERRORS, '-m']);
        return [preg_match('/^ffi_zts$/m', $answer['output']) === 1, $answer['output']];
    }

    /**
     * @param array{bool, string} $fresh
     * @param list<IniLine>       $lines
     */
    private function loadError(array $fresh, array $lines): ?string
    {
        if ($this->file->path === null || extension_loaded('ffi_zts')) {
            return null;
        }
        $said = $fresh[1];
        if ($lines === []) {
            $said = Program::run([PHP_BINARY, '-n', ...self::SHOWING_ERRORS, '-d', "extension={$this->file->path}", '-m'])['output'];
        }
        $pattern = '/^(?:PHP )?Warning: +(?:PHP Startup: )?(.*ffi_zts.*?)(?: in Unknown on line 0)?$/m';
        return preg_match($pattern, $said, $match) === 1 ? $match[1] : null;
    }

    private function pluginAllowed(): ?bool
    {
        $package = json_decode((string) @file_get_contents("$this->package/composer.json"), true);
        $project = dirname($this->bundles->directory, 3);
        $json = json_decode((string) @file_get_contents("$project/composer.json"), true);
        if (!is_array($package) || ($package['type'] ?? '') !== 'composer-plugin') {
            return null;
        }
        if (!is_array($json) || realpath($project) === realpath($this->package)) {
            return null;
        }
        $allowed = $json['config']['allow-plugins'] ?? [];
        if (is_bool($allowed)) {
            return $allowed;
        }
        foreach (is_array($allowed) ? $allowed : [] as $pattern => $value) {
            if (fnmatch((string) $pattern, 'ffi-zts/ffi-zts')) {
                return $value === true;
            }
        }
        return false;
    }

    /**
     * @param array<mixed> $manifest
     *
     * @return array<string, string>
     */
    private static function pins(array $manifest): array
    {
        $pins = [];
        foreach (is_array($manifest['bundles'] ?? null) ? $manifest['bundles'] : [] as $id => $facts) {
            if (is_array($facts) && is_string($facts['sha256'] ?? null)) {
                $pins[(string) $id] = $facts['sha256'];
            }
        }
        return $pins;
    }

    /**
     * @param array<mixed> $json runtime.json
     *
     * @return array<string, string>
     */
    private static function changed(?InstalledBundle $bundle, ?string $runtime, array $json): array
    {
        $hashes = [];
        foreach ($bundle?->hashes() ?? [] as $file => $hash) {
            $hashes["$bundle->path/$file"] = $hash;
        }
        foreach ($bundle !== null || $runtime === null ? [] : [$json['libphp'] ?? null, $json['guest'] ?? null] as $file) {
            if (is_array($file) && is_string($file['file'] ?? null) && is_string($file['sha256'] ?? null)) {
                $hashes["$runtime/{$file['file']}"] = $file['sha256'];
            }
        }
        foreach ($bundle !== null || $runtime === null || !is_array($json['extensions'] ?? null) ? [] : $json['extensions'] as $file => $hash) {
            $hashes["$runtime/" . ($json['extension_dir'] ?? 'ext') . "/$file"] = (string) $hash;
        }
        $changed = [];
        foreach ($hashes as $file => $hash) {
            $found = is_file($file) ? @hash_file('sha256', $file) : null;
            if ($found !== $hash) {
                $changed[$file] = match ($found) {
                    null => 'is missing',
                    false => 'cannot be read',
                    default => 'is not what was installed (its SHA-256 differs)',
                };
            }
        }
        return $changed;
    }

    /** By the rule of the extension: root, this user, and the owner of ffi_zts.so are trusted. */
    private function objection(?string $runtime): ?Objection
    {
        if ($runtime === null) {
            return null;
        }
        $trust = new Trust([Trust::user(), (int) @fileowner((string) $this->file->path)]);
        return $trust->inside((string) realpath($runtime));
    }

    /** @return array<string, string> */
    private function missingLibraries(Loader $loader, ?string $runtime): array
    {
        $missing = [];
        $files = $this->file->path === null ? [] : [$this->file->path];
        $extensions = array_filter($runtime === null ? [] : glob("$runtime/ext/*.so"), $this->isWanted(...));
        $files = [...$files, ...($runtime === null ? [] : glob("$runtime/*.so")), ...$extensions];
        foreach ($files as $file) {
            foreach ($loader->missing($file) as $soname) {
                // What is needed of libphp is there by then: the extension has opened it.
                $missing += str_starts_with($soname, 'libphp') ? [] : [$soname => $file];
            }
        }
        return $missing;
    }

    /** Would a guest load it? Those of the host, and those that are named. */
    private function isWanted(string $file): bool
    {
        $named = $this->boot['extensions'] ?? explode(',', (string) ini_get('ffi_zts.extensions'));
        $wanted = array_map(static fn (mixed $name): string => strtolower(basename(trim((string) $name), '.so')), [...get_loaded_extensions(), ...$named]);
        return in_array(basename($file, '.so'), $wanted, true);
    }

    /** @return array<string, string> of the packages that have a library under several names, the one that this release knows */
    private static function packages(?InstalledBundle $bundle): array
    {
        $packages = [];
        foreach (is_array($bundle?->json['sonames'] ?? null) ? $bundle->json['sonames'] : [] as $soname => $facts) {
            $names = array_values(array_filter(is_array($facts) ? (array) ($facts['packages'] ?? []) : [], is_string(...)));
            $cache = count($names) > 1 ? Program::find('apt-cache') : null;
            foreach ($cache === null ? [] : $names as $name) {
                if (Program::run([$cache, 'show', '--no-all-versions', $name])['status'] === 0) {
                    $names = [$name];
                    break;
                }
            }
            if ($names !== []) {
                $packages[(string) $soname] = $names[0];
            }
        }
        return $packages;
    }

    /** @param list<IniLine> $lines */
    private static function iniObjection(array $lines): ?Objection
    {
        foreach ($lines as $line) {
            if (self::isRoots($line->file)) {
                return (new Trust())->objection($line->file);
            }
        }
        return null;
    }

    /** @param list<IniLine> $lines */
    private static function targetObjection(array $lines): ?Objection
    {
        foreach ($lines as $line) {
            if (is_file($line->target) && self::isRoots($line->file)) {
                $runtime = dirname((string) realpath($line->target)) . '/runtime';
                return (new Trust())->objection($line->target) ?? (is_dir($runtime) ? (new Trust())->inside($runtime) : null);
            }
        }
        return null;
    }

    private function enableWay(): EnableWay
    {
        $path = $this->file->path;
        $directory = dirname((string) IniPlace::of($this->ini, PHP_SAPI)->file);
        if ($path === null || $directory === '') {
            return $path === null ? EnableWay::Own : EnableWay::Environment;
        }
        if (Trust::user() !== 0 && is_writable($directory)) {
            return EnableWay::Own;
        }
        $runtime = dirname((string) realpath($path)) . '/runtime';
        $objection = (new Trust())->objection($path) ?? (is_dir($runtime) ? (new Trust())->inside($runtime) : null);
        return $objection === null ? EnableWay::Root : EnableWay::Copy;
    }

    private static function isRoots(string $file): bool
    {
        return @fileowner($file) === 0;
    }

    /**
     * @param array<mixed> $json
     *
     * @return list<string>
     */
    private static function guestExtensions(array $json, ?string $runtime): array
    {
        $names = array_map(static fn (mixed $name): string => strtolower((string) $name), is_array($json['modules'] ?? null) ? $json['modules'] : []);
        foreach ($runtime === null ? [] : (glob("$runtime/ext/*.so") ?: []) as $file) {
            $names[] = strtolower(basename($file, '.so'));
        }
        return $names;
    }

    /** @return list<string> the files that are ours to look for in other processes */
    private function ours(SystemCopy $copy): array
    {
        $files = array_map(static fn (InstalledBundle $bundle): string => $bundle->extension(), $this->bundles->all());
        $files[] = "$this->extensionDir/" . ExtensionFile::NAME;
        if ($this->file->path !== null) {
            $files[] = $this->file->path;
        }
        if ($copy->directory() !== null) {
            $files[] = $copy->directory() . '/' . ExtensionFile::NAME;
        }
        return $files;
    }
}
