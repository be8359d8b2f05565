<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** Where `enable` writes its file, and how that file comes to be read by a SAPI. */
final class IniPlace
{
    /**
     * @param ?string $file    the file that is written; null: no directory is scanned, and nothing can be written
     * @param ?string $active  the path that PHP reads; another than the file where a manager links it
     * @param bool    $managed  phpenmod and phpdismod link it, in Debian's directory of modules
     * @param string  $minor   as 8.2
     * @param string  $sapi    as the distribution calls it
     */
    private function __construct(
        public readonly ?string $file,
        public readonly ?string $active,
        private readonly bool $managed,
        private readonly string $minor,
        private readonly string $sapi,
    ) {
    }

    public static function of(PhpIni $ini, string $sapi): self
    {
        $scan = $ini->scanDir;
        if ($scan === null || !is_dir($scan)) {
            return new self(null, null, false, '', $sapi);
        }
        $minor = basename(dirname($scan, 2));
        $available = dirname($scan, 2) . '/mods-available';
        if (preg_match('~/php/\d+\.\d+/\w+/conf\.d$~D', $scan) === 1 && is_dir($available)) {
            return new self("$available/ffi_zts.ini", "$scan/" . PhpIni::FILE, true, $minor, basename(dirname($scan)));
        }
        // The official images call their files so, and docker-php-ext-enable writes them here.
        $name = Program::find('docker-php-ext-enable') !== null ? 'docker-php-ext-ffi_zts.ini' : PhpIni::FILE;
        return new self("$scan/$name", "$scan/$name", false, $minor, $sapi);
    }

    /**
     * Sees to it that PHP reads the file.
     *
     * @throws CannotWrite
     */
    public function link(): void
    {
        if ($this->managed) {
            $this->manage('phpenmod');
            if (realpath((string) $this->active) !== realpath((string) $this->file)) {
                throw new CannotWrite("phpenmod made no $this->active that leads to $this->file");
            }
        }
    }

    /**
     * Sees to it that this SAPI reads the file no more, and removes it when no other SAPI does.
     *
     * @throws CannotWrite
     */
    public function remove(): void
    {
        if ($this->managed && is_link((string) $this->active)) {
            $this->manage('phpdismod');
            if (is_link((string) $this->active)) {
                throw new CannotWrite("phpdismod left $this->active");
            }
        }
        if ($this->linked() === []) {
            OwnFile::remove((string) $this->file);
        }
    }

    /** Whether this SAPI reads the file. */
    public function isActive(): bool
    {
        return $this->active !== null && is_file($this->active);
    }

    /** @return list<string> the paths by which SAPIs read the file through a manager */
    public function linked(): array
    {
        if (!$this->managed) {
            return [];
        }
        return array_values(array_filter(
            glob(dirname((string) $this->active, 3) . '/*/conf.d/*ffi_zts.ini') ?: [],
            fn (string $link): bool => is_link($link) && realpath($link) === realpath((string) $this->file),
        ));
    }

    /** @throws CannotWrite */
    private function manage(string $program): void
    {
        $path = Program::find($program)
            ?? throw new CannotWrite("there is no $program here (package php-common), which " . dirname((string) $this->file) . ' is for');
        ['status' => $status, 'output' => $said] = Program::run([$path, '-v', $this->minor, '-s', $this->sapi, 'ffi_zts']);
        $said = trim($said);
        // Links came and went without this process.
        clearstatcache();
        if ($status !== 0 || str_contains($said, 'WARNING')) {
            throw new CannotWrite("$program -v $this->minor -s $this->sapi ffi_zts failed with status $status" . ($said === '' ? '' : ": $said"));
        }
    }
}
