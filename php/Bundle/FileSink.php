<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Takes a file whose size is not known beforehand. */
final class FileSink implements Sink
{
    private int $written = 0;

    /**
     * @param resource                 $file
     * @param string                   $path     of it, for messages
     * @param \Closure(int, int): void $progress is told how many bytes of how many are there
     */
    public function __construct(private $file, private readonly string $path, private readonly int $limit, private readonly \Closure $progress)
    {
    }

    public function begin(bool $partial, ?int $total): void
    {
        if ($total !== null && $total > $this->limit) {
            throw new FetchError("it has $total bytes there, more than {$this->limit} are not taken", bytes: true);
        }
        ftruncate($this->file, 0);
        rewind($this->file);
        $this->written = 0;
    }

    public function write(string $bytes): void
    {
        $this->written += strlen($bytes);
        if ($this->written > $this->limit) {
            throw new FetchError("it sends more than {$this->limit} bytes", bytes: true);
        }
        Disk::write($this->file, $bytes, $this->path);
        ($this->progress)($this->written, 0);
    }
}
