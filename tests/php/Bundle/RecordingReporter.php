<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\Reporter;
use FfiZts\Bundle\Step;

/** Keeps what it is told, and lets a test act at a step. */
final class RecordingReporter implements Reporter
{
    /** @var list<string> */
    public array $lines = [];

    /** @var list<string> */
    public array $warnings = [];

    /** @var list<string> */
    public array $details = [];

    /** @var list<string> */
    public array $steps = [];

    /** @param ?\Closure(string): void $act is told the name of each step, and `progress` */
    public function __construct(private readonly ?\Closure $act = null)
    {
    }

    public function line(string $text): void
    {
        $this->lines[] = $text;
    }

    public function warning(string $text): void
    {
        $this->warnings[] = $text;
    }

    public function unchanged(string $text): void
    {
        $this->details[] = $text;
    }

    public function detail(string $text): void
    {
        $this->details[] = $text;
    }

    public function downloading(string $file, int $size, int $have, string $url): void
    {
        $this->details[] = "downloading $size, have $have: $url";
    }

    public function progress(int $done, int $size): void
    {
        $this->act === null || ($this->act)('progress');
    }

    public function downloaded(string $file, int $size): void
    {
        $this->details[] = "downloaded $file";
    }

    public function step(Step $step): void
    {
        $this->steps[] = $step->name;
        $this->act === null || ($this->act)($step->name);
    }
}
