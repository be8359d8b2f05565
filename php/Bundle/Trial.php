<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Tries a bundle in a process of its own: its guest has to boot, and to run a task. */
final class Trial
{
    /** Bytes that are kept of what the child prints. */
    private const KEPT = 1 << 14;

    private const WELL = 'ended with the status 0';

    private const CODE = 'echo FfiZts::boot()->run("strrev", [$argv[1]])->await();';

    /**
     * @param string $php   the host's PHP
     * @param float  $limit seconds
     */
    public function __construct(private readonly string $php, private readonly float $limit = 60.0)
    {
    }

    /**
     * @param string      $extension the file of the host half
     * @param ?string     $runtime   the directory of the runtime, where it is not beside it
     * @param Description $bundle    which names the packages of libraries
     *
     * @throws InstallError
     */
    public function run(string $extension, ?string $runtime, Description $bundle): void
    {
        if ($this->php !== '' && !is_executable($this->php)) {
            throw new InstallError(Status::Internal, "there is no {$this->php} to try the bundle with");
        }
        if ($this->php === '') {
            throw new InstallError(
                Status::Internal,
                'this PHP does not know its own path, so that the bundle cannot be tried',
                'run vendor/bin/ffi-zts install by php itself',
            );
        }
        $word = bin2hex(random_bytes(8));
        $runtime = $runtime === null ? [] : ['-d', 'ffi_zts.runtime=' . self::quote($runtime)];
        $settings = ['-d', 'extension=' . self::quote($extension), ...$runtime];
        [$how, $output, $errors] = $this->child([$this->php, '-n', ...$settings, '-r', self::CODE, $word]);
        if ($how === self::WELL && $output === strrev($word)) {
            return;
        }
        $said = trim($errors . "\n" . $output);
        if (preg_match('/(\S+\.so[.\d]*): cannot open shared object file/', $said, $match) === 1 && isset($bundle->sonames[basename($match[1])])) {
            throw self::missing([basename($match[1])], $bundle);
        }
        $told = $said === '' ? ', and said nothing' : ":\n    " . str_replace("\n", "\n    ", $said);
        throw InstallError::verification(
            "the bundle was tried and did not come up: {$this->php} {$how}$told",
            'what was installed before stays as it is; report this with the lines above',
        );
    }

    /** A path as php reads it behind `-d`: in single quotes nothing stands for something else. */
    private static function quote(string $path): string
    {
        $parts = preg_split("~('+)~", $path, -1, PREG_SPLIT_DELIM_CAPTURE | PREG_SPLIT_NO_EMPTY) ?: [];
        return implode('', array_map(static fn (string $part): string => $part[0] === "'" ? "\"$part\"" : "'$part'", $parts));
    }

    /**
     * @param list<string> $sonames
     */
    public static function missing(array $sonames, Description $bundle): InstallError
    {
        $packages = [];
        foreach ($sonames as $soname) {
            $packages[] = implode(' or ', $bundle->sonames[$soname]['packages']) ?: $soname;
        }
        $first = array_map(static fn (string $soname): string => $bundle->sonames[$soname]['packages'][0] ?? $soname, $sonames);
        return InstallError::unsupported(
            Reason::LibraryMissing,
            'this system lacks ' . implode(', ', $sonames) . ' (package ' . implode(', ', $packages) . '), which the runtime needs',
            'apt-get install ' . implode(' ', $first),
        );
    }

    /**
     * @param list<string> $command
     *
     * @return array{string, string, string} how it ended, and what it printed
     */
    private function child(array $command): array
    {
        if (!function_exists('proc_open')) {
            throw new InstallError(
                Status::Internal,
                'proc_open is disabled in this PHP, so that the bundle cannot be tried',
                'php -d disable_functions= vendor/bin/ffi-zts install',
            );
        }
        // What is set for the user's own programs is not for the trial.
        $environment = array_filter(getenv(), static fn (string $name): bool => !str_starts_with($name, 'FFI_ZTS_'), ARRAY_FILTER_USE_KEY);
        $process = @proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes, null, $environment);
        if ($process === false) {
            throw new InstallError(Status::Internal, "cannot start {$this->php}: " . Disk::lastError());
        }
        [$read, $timely] = $this->read([1 => $pipes[1], 2 => $pipes[2]]);
        if (!$timely) {
            proc_terminate($process, 9);
        }
        // Whatever has the pipes open still, only the child itself is waited for.
        array_map(fclose(...), $pipes);
        for ($state = proc_get_status($process); $state['running']; $state = proc_get_status($process)) {
            usleep(1000);
        }
        proc_close($process);
        $how = match (true) {
            !$timely => "gave no result within {$this->limit} s",
            $state['signaled'] => "was ended by the signal {$state['termsig']}",
            default => "ended with the status {$state['exitcode']}",
        };
        return [$how, $read[1], $read[2]];
    }

    /**
     * @param array<int, resource> $open
     *
     * @return array{array<int, string>, bool} what they brought, and whether they ended in time
     */
    private function read(array $open): array
    {
        $read = array_fill_keys(array_keys($open), '');
        $end = microtime(true) + $this->limit;
        while ($open !== []) {
            $left = $end - microtime(true);
            $ready = $open;
            $none = null;
            if ($left <= 0 || @stream_select($ready, $none, $none, (int) $left, (int) (fmod($left, 1) * 1e6)) === 0) {
                return [$read, false];
            }
            foreach ($ready as $number => $pipe) {
                $bytes = (string) fread($pipe, 8192);
                $read[$number] = substr($read[$number] . $bytes, 0, self::KEPT);
                if ($bytes === '' && feof($pipe)) {
                    unset($open[$number]);
                }
            }
        }
        return [$read, true];
    }
}
