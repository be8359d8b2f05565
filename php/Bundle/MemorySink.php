<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Takes a small file into memory. */
final class MemorySink implements Sink
{
    public string $bytes = '';

    public function __construct(private readonly int $limit)
    {
    }

    public function begin(bool $partial, ?int $total): void
    {
        if ($total !== null && $total > $this->limit) {
            throw new FetchError("it has $total bytes there, more than {$this->limit} are not taken", bytes: true);
        }
        $this->bytes = '';
    }

    public function write(string $bytes): void
    {
        if (strlen($this->bytes) + strlen($bytes) > $this->limit) {
            throw new FetchError("it sends more than {$this->limit} bytes", bytes: true);
        }
        $this->bytes .= $bytes;
    }
}
