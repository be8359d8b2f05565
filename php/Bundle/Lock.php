<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** One install at a time in a directory. The operating system gives the lock up when the process ends, however it does. */
final class Lock
{
    public const FILE = '.lock';

    /** Seconds to wait for another install. */
    public const PATIENCE = 60.0;

    /** Microseconds between two looks: flock() itself has no time limit. */
    private const PAUSE = 50_000;

    /** @param resource $file */
    private function __construct(private $file)
    {
    }

    /** @throws InstallError that says who holds it */
    public static function acquire(string $directory, Reporter $reporter, float $patience = self::PATIENCE): self
    {
        $path = "$directory/" . self::FILE;
        $file = Disk::open($path, 'c+');
        $end = hrtime(true) + (int) ($patience * 1e9);
        for ($told = false; !flock($file, LOCK_EX | LOCK_NB, $taken); $told = true) {
            if ($taken !== 1) {
                throw InstallError::cannotWrite(
                    "cannot lock $path: " . Disk::lastError(),
                    'choose a directory on a file system that has locks: --dir',
                );
            }
            $holder = self::holder($path);
            if (hrtime(true) >= $end) {
                throw new InstallError(
                    Status::Locked,
                    "$holder installs into $directory just now, and still does after " . round($patience) . ' s',
                    'wait for it, or end it',
                );
            }
            if (!$told) {
                $reporter->detail("waiting for $holder");
            }
            usleep(self::PAUSE);
        }
        return self::sign($file, $path);
    }

    /** Without waiting; null while another install holds it. */
    public static function attempt(string $directory): ?self
    {
        $path = "$directory/" . self::FILE;
        $file = Disk::open($path, 'c+');
        return flock($file, LOCK_EX | LOCK_NB) ? self::sign($file, $path) : null;
    }

    public function release(): void
    {
        ftruncate($this->file, 0);
        flock($this->file, LOCK_UN);
        fclose($this->file);
    }

    /** @param resource $file */
    private static function sign($file, string $path): self
    {
        ftruncate($file, 0);
        Disk::write($file, sprintf('process %d on %s since %s', getmypid(), gethostname(), gmdate('Y-m-d H:i:s \U\T\C')), $path);
        fflush($file);
        return new self($file);
    }

    private static function holder(string $path): string
    {
        $text = trim((string) @file_get_contents($path, false, null, 0, 200));
        return $text === '' ? 'another process' : $text;
    }
}
