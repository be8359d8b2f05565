<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** What takes the bytes of one answer. */
interface Sink
{
    /**
     * Called once, before the first byte.
     *
     * @param bool $partial the answer is what was asked for; false: it is the whole file, from its first byte on
     * @param ?int $total   bytes of the whole file, where the answer says so
     *
     * @throws FetchError where such an answer is of no use
     */
    public function begin(bool $partial, ?int $total): void;

    /** @throws FetchError|InstallError where no more is wanted */
    public function write(string $bytes): void;
}
