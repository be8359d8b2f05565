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
     * The last directory of PHP_INI_SCAN_DIR, where an empty part stands for the built-in one.
     *
     * @param string|false $variable PHP_INI_SCAN_DIR, false when unset
     * @param string       $builtIn  PHP_CONFIG_FILE_SCAN_DIR
     */
    public static function scanDirectory(string|false $variable, string $builtIn): ?string
    {
        $directories = $variable === false ? [$builtIn] : explode(PATH_SEPARATOR, $variable);
        $last = end($directories);
        $last = $last === '' && $variable !== '' ? $builtIn : $last;
        return $last === '' ? null : $last;
    }

    /**
     * The same for another SAPI, where the distribution keeps one directory for each (Debian: /etc/php/8.2/cli).
     *
     * @return ?self null when the SAPI has no such directory here
     */
    public function forSapi(string $sapi): ?self
    {
        $pattern = '~/' . preg_quote(basename($this->directory), '~') . '(?=/|$)~D';
        $directory = dirname($this->directory) . '/' . $sapi;
        if ($sapi === '' || str_contains($sapi, '/') || !is_dir($directory)) {
            return null;
        }
        $move = static fn (?string $path): ?string => $path === null ? null
            : preg_replace($pattern, "/$sapi", $path, 1);
        return new self(is_file("$directory/php.ini") ? "$directory/php.ini" : null, $move($this->scanDir), $directory);
    }

    /** The file that the line belongs into; it need not exist. */
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
