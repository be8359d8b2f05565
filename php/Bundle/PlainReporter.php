<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Tells in lines, and counts bytes in one line where that is a terminal. */
final class PlainReporter implements Reporter
{
    /** Seconds between two figures. */
    private const PAUSE = 0.1;

    private float $told = 0.0;
    private bool $within = false;

    /**
     * @param resource $output
     * @param resource $errors
     * @param bool     $terminal whether `$errors` is one
     */
    public function __construct(private $output, private $errors, private readonly bool $terminal, private readonly bool $verbose = false)
    {
    }

    public static function standard(bool $verbose = false): self
    {
        return new self(STDOUT, STDERR, stream_isatty(STDERR), $verbose);
    }

    public function line(string $text): void
    {
        $this->endProgress();
        fwrite($this->output, "$text\n");
    }

    public function warning(string $text): void
    {
        $this->endProgress();
        fwrite($this->errors, "ffi-zts: $text\n");
    }

    public function unchanged(string $text): void
    {
        $this->line($text);
    }

    public function detail(string $text): void
    {
        if ($this->verbose) {
            $this->endProgress();
            fwrite($this->errors, "  $text\n");
        }
    }

    public function downloading(string $file, int $size, int $have, string $url): void
    {
        $this->line('Downloading ' . self::bytes($size) . ($have > 0 ? ', of which ' . self::bytes($have) . ' are here' : '') . ": $url");
    }

    public function progress(int $done, int $size): void
    {
        $now = microtime(true);
        if (!$this->terminal || ($now - $this->told < self::PAUSE && $done !== $size)) {
            return;
        }
        $this->told = $now;
        $this->within = true;
        $share = $size > 0 ? sprintf(' of %s  %3d %%', self::bytes($size), intdiv($done * 100, $size)) : '';
        fwrite($this->errors, "\r  " . self::bytes($done) . "$share\e[K");
    }

    public function downloaded(string $file, int $size): void
    {
        $this->line("Downloaded and verified: $file");
    }

    public function step(Step $step): void
    {
    }

    /** As 5.9 MB. */
    public static function bytes(int $number): string
    {
        return $number < 1_000_000 ? sprintf('%.1f kB', $number / 1000) : sprintf('%.1f MB', $number / 1_000_000);
    }

    private function endProgress(): void
    {
        if ($this->within) {
            $this->within = false;
            fwrite($this->errors, "\r\e[K");
        }
    }
}
