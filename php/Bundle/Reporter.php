<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Whom an install tells how far it is. */
interface Reporter
{
    /** Something that everybody is to see. */
    public function line(string $text): void;

    /** Something that is not well. */
    public function warning(string $text): void;

    /** What was asked for is there already, and as it has to be. */
    public function unchanged(string $text): void;

    /** Something for those who want to know more. */
    public function detail(string $text): void;

    /**
     * A download begins.
     *
     * @param int $have bytes that an earlier run has left
     */
    public function downloading(string $file, int $size, int $have, string $url): void;

    /** @param int $size bytes of the whole; 0 where it is not known */
    public function progress(int $done, int $size): void;

    public function downloaded(string $file, int $size): void;

    /** A step is done. What was there before is still in use until Step::Switched. */
    public function step(Step $step): void;
}
