<?php

declare(strict_types=1);

namespace FfiZts\Composer;

use Composer\IO\IOInterface;
use FfiZts\Bundle\PlainReporter;
use FfiZts\Bundle\Reporter;
use FfiZts\Bundle\Step;

/** Tells in Composer's output, which is its standard error. */
final class IoReporter implements Reporter
{
    /** Seconds between two figures. */
    private const PAUSE = 0.2;

    private float $told = 0.0;
    private bool $within = false;

    public function __construct(private readonly IOInterface $io)
    {
    }

    public function line(string $text): void
    {
        $this->endProgress();
        $this->io->writeError('<info>' . self::escape($text) . '</info>');
    }

    public function warning(string $text): void
    {
        $this->endProgress();
        $this->io->writeError('<warning>ffi-zts: ' . self::escape($text) . '</warning>');
    }

    /** Each run of Composer comes by here: that is no news. */
    public function unchanged(string $text): void
    {
        $this->detail($text);
    }

    public function detail(string $text): void
    {
        $this->io->writeError('ffi-zts: ' . self::escape($text), true, IOInterface::VERBOSE);
    }

    public function downloading(string $file, int $size, int $have, string $url): void
    {
        $left = $have > 0 ? ', of which ' . PlainReporter::bytes($have) . ' are here' : '';
        $this->io->writeError('ffi-zts: downloading ' . PlainReporter::bytes($size) . "$left: " . self::escape($url));
    }

    public function progress(int $done, int $size): void
    {
        $now = microtime(true);
        if (!$this->io->isDecorated() || ($now - $this->told < self::PAUSE && $done !== $size)) {
            return;
        }
        $this->told = $now;
        $this->within = true;
        $this->io->overwriteError('  ' . PlainReporter::bytes($done) . ($size > 0 ? ' of ' . PlainReporter::bytes($size) : ''), false);
    }

    public function downloaded(string $file, int $size): void
    {
        $this->endProgress();
        $this->io->writeError('ffi-zts: downloaded and verified: ' . self::escape($file));
    }

    public function step(Step $step): void
    {
    }

    private function endProgress(): void
    {
        if ($this->within) {
            $this->within = false;
            $this->io->writeError('');
        }
    }

    /** Text that the console must not take for its own markup. */
    private static function escape(string $text): string
    {
        return str_replace('<', '\\<', $text);
    }
}
