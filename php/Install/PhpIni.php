<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** Which configuration files a PHP reads, and where a line for it belongs. */
final class PhpIni
{
    /** The name of our file in a scan directory; after FFI's (20), since order is by name. */
    public const FILE = '30-ffi_zts.ini';

    /**
     * @param ?string $loaded    the php.ini in use
     * @param ?string $scanDir   the directory whose *.ini are read as well
     * @param string  $directory where PHP looks for a php.ini
     */
    public function __construct(
        public readonly ?string $loaded,
        public readonly ?string $scanDir,
        public readonly string $directory,
    ) {
    }

    /** The files of this very process. */
    public static function current(): self
    {
        return new self(
            php_ini_loaded_file() ?: null,
            self::scanDirectory(getenv('PHP_INI_SCAN_DIR'), PHP_CONFIG_FILE_SCAN_DIR),
            PHP_CONFIG_FILE_PATH,
        );
    }

    /**
     * The last directory of PHP_INI_SCAN_DIR, where an empty part stands for the built-in one; not one that `env` made.
     *
     * @param string|false $variable PHP_INI_SCAN_DIR, false when unset
     * @param string       $builtIn  PHP_CONFIG_FILE_SCAN_DIR
     */
    public static function scanDirectory(string|false $variable, string $builtIn): ?string
    {
        $directories = $variable === false ? [$builtIn] : explode(PATH_SEPARATOR, $variable);
        $own = '~/' . preg_quote(Bundles::NAME, '~') . '/ini/[^/]+/?$~D';
        $directories = array_filter($directories, static fn (string $directory): bool => preg_match($own, $directory) !== 1);
        $last = end($directories);
        $last = $last === '' && $variable !== '' ? $builtIn : $last;
        return $last === '' || $last === false ? null : $last;
    }

    /**
     * The same for another SAPI, where the distribution keeps one directory for each (Debian: /etc/php/8.2/cli/conf.d). Elsewhere
     * all SAPIs read the same files.
     *
     * @return ?self null when the SAPI has no such directory here
     */
    public function forSapi(string $sapi): ?self
    {
        $own = $this->sapiDirectory();
        if ($own === null || basename($own) === $sapi) {
            return $own === null && preg_match('/^\w+$/D', $sapi) !== 1 ? null : $this;
        }
        $directory = dirname($own) . "/$sapi";
        if (preg_match('/^\w+$/D', $sapi) !== 1 || !is_dir($directory)) {
            return null;
        }
        $scanDir = $this->scanDir === null ? null : "$directory/conf.d";
        return new self(is_file("$directory/php.ini") ? "$directory/php.ini" : null, $scanDir, $directory);
    }

    /** @return list<string> the SAPIs that have a directory of their own here; empty where all share one */
    public function sapis(): array
    {
        $own = $this->sapiDirectory();
        return $own === null ? [] : array_values(array_map(basename(...), array_map(dirname(...), glob(dirname($own) . '/*/conf.d') ?: [])));
    }

    /** The directory of the present SAPI alone; null where all share one. */
    private function sapiDirectory(): ?string
    {
        if ($this->scanDir !== null && basename($this->scanDir) === 'conf.d' && is_dir(dirname($this->scanDir, 2) . '/mods-available')) {
            return dirname($this->scanDir);
        }
        if ($this->scanDir !== null && !str_starts_with($this->scanDir, "$this->directory/")) {
            return null;
        }
        return in_array(basename($this->directory), ['cli', 'fpm', 'cgi', 'apache2', 'embed', 'phpdbg'], true) ? $this->directory : null;
    }

    /** @return list<string> the files that PHP reads, in its order */
    public function files(): array
    {
        $scanned = $this->scanDir === null ? [] : (glob("$this->scanDir/*.ini") ?: []);
        return [...($this->loaded === null ? [] : [$this->loaded]), ...$scanned];
    }

    /** The file that the line belongs into where PHP has no manager of its own; it need not exist. */
    public function target(): string
    {
        return $this->scanDir !== null && is_dir($this->scanDir)
            ? $this->scanDir . '/' . self::FILE
            : $this->loaded ?? $this->directory . '/php.ini';
    }

    /** Tells the files in use, as half a sentence. */
    public function describe(): string
    {
        $text = $this->loaded === null
            ? "no php.ini is in use, one is looked for in {$this->directory}"
            : "the php.ini in use is {$this->loaded}";
        return $this->scanDir === null ? $text : "$text, and further files are read from {$this->scanDir}";
    }
}
