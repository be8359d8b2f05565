<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

use FfiZts\Install\IniLine;
use FfiZts\Install\PhpIni;
use FfiZts\Install\Sapi;

/** The FPMs of this PHP that run, and what their ini files say. */
final class FpmSurvey
{
    /** @param list<string> $ours the files of the extension that are this package's */
    public function __construct(
        private readonly PhpIni $ini,
        private readonly string $minor,
        private readonly string $extensionDir,
        private readonly array $ours,
    ) {
    }

    /** Whether FPM's ini files load ffi_zts. */
    public function enabled(): bool
    {
        return $this->lines('fpm') !== [];
    }

    /** @return list<string> SAPIs that are installed, have ini files of their own, and do not load ffi_zts */
    public function sapisWithout(): array
    {
        return array_values(array_filter(
            $this->ini->sapis(),
            fn (string $sapi): bool => in_array($sapi, ['fpm', 'apache2', 'cgi'], true) && $this->lines($sapi) === [],
        ));
    }

    /** @return list<FpmMaster> those that have loaded a file of ours, or read the ini files that we know and have loaded none */
    public function masters(): array
    {
        $masters = [];
        foreach (glob('/proc/[0-9]*', GLOB_ONLYDIR | GLOB_NOSORT) ?: [] as $process) {
            // A process may have ended meanwhile: what cannot be read is passed over.
            if (str_starts_with((string) @file_get_contents("$process/cmdline"), 'php-fpm: master process')) {
                $master = $this->master($process);
                $masters = $master === null ? $masters : [...$masters, $master];
            }
        }
        return $masters;
    }

    private function master(string $process): ?FpmMaster
    {
        $maps = @file_get_contents("$process/maps");
        if ($maps === false || $maps === '') {
            return null;
        }
        $pattern = '~^\S+ \S+ \S+ \S+ (\d+) +(/.*/ffi_zts\.so)( \(deleted\))?$~m';
        $service = preg_match('~/([\w@.:-]+\.service)$~m', (string) @file_get_contents("$process/cgroup"), $unit) === 1 ? $unit[1] : null;
        if (preg_match($pattern, $maps, $match) !== 1) {
            return $this->readsOurIni($process) ? new FpmMaster((int) basename($process), null, false, $service) : null;
        }
        $mapped = $match[2];
        if (!$this->isOurs($mapped)) {
            return null;
        }
        $stale = isset($match[3]) || @fileinode($mapped) !== (int) $match[1] || $this->switched($mapped);
        return new FpmMaster((int) basename($process), $mapped, $stale, $service);
    }

    private function isOurs(string $mapped): bool
    {
        foreach ($this->ours as $file) {
            // A bundle's link leads to `<id>@<hash>`, one for each version.
            $directory = dirname($file);
            if ($mapped === $file || $mapped === realpath($file)) {
                return true;
            }
            if (str_starts_with($mapped, "$directory@") || str_starts_with($mapped, "$directory/ffi_zts/")) {
                return true;
            }
        }
        return false;
    }

    /** Whether the link that the file was loaded by leads to another one now. */
    private function switched(string $mapped): bool
    {
        $lines = $this->lines('fpm');
        foreach ($lines as $line) {
            if (realpath($line->target) === $mapped) {
                return false;
            }
        }
        return $lines !== [];
    }

    /** Whether the process is this PHP's FPM, and has the ini files that we look at. */
    private function readsOurIni(string $process): bool
    {
        $program = (new Sapi('fpm', $this->minor))->program();
        $own = @readlink("$process/exe");
        if ($program === null || $own !== realpath($program)) {
            return false;
        }
        // FPM writes its title over its environment; the title has the file of its configuration.
        $title = (string) @file_get_contents("$process/cmdline");
        $directory = $this->directory();
        return $directory !== null && preg_match('~\((/.*)\)~', $title, $match) === 1 && str_starts_with($match[1], $directory);
    }

    /** What the path of FPM's configuration begins with: of its own directory, or of the one beside the ini files of all. */
    private function directory(): ?string
    {
        $scan = $this->ini->forSapi('fpm')?->scanDir;
        if ($scan === null) {
            return null;
        }
        $shared = $this->ini->sapis() === [] && basename($scan) === 'conf.d';
        return rtrim(dirname($scan, $shared ? 2 : 1), '/') . '/';
    }

    /** @return list<IniLine> */
    private function lines(string $sapi): array
    {
        $ini = $this->ini->forSapi($sapi);
        return $ini === null ? [] : IniLine::in($ini->files(), $this->extensionDir);
    }
}
