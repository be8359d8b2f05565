<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/**
 * An archive that is put together in a `.part` file, piece by piece, each of which is verified before the next.
 *
 * What an earlier run has left there is kept as far as its pieces are right.
 */
final class Assembly implements Sink
{
    /** @var resource */
    private $file;

    /** Pieces that are in the file and right. */
    private int $whole = 0;

    /** Bytes of the piece that is being written. */
    private int $partial = 0;

    private ?\HashContext $hash = null;

    /** First byte that this answer must not bring any more. */
    private int $end = 0;
    private int $start = 0;

    /** @param \Closure(int, int): void $progress is told how many bytes of how many are there */
    private function __construct(private readonly Pin $pin, private readonly string $path, private readonly \Closure $progress)
    {
    }

    /**
     * Opens the file for this process alone.
     *
     * @param \Closure(int, int): void $progress
     *
     * @return ?self null while another process writes it
     *
     * @throws InstallError
     */
    public static function open(Pin $pin, string $path, \Closure $progress): ?self
    {
        $assembly = new self($pin, $path, $progress);
        $assembly->file = Disk::open($path, 'c+b');
        // Whoever had it may have finished it since it was opened: then it has another name.
        if (!flock($assembly->file, LOCK_EX | LOCK_NB) || (@stat($path)['ino'] ?? null) !== fstat($assembly->file)['ino']) {
            return null;
        }
        $assembly->resume();
        return $assembly;
    }

    /** Bytes that are there and right. */
    public function position(): int
    {
        return min($this->pin->size, $this->whole * $this->pin->chunkSize);
    }

    public function size(): int
    {
        return $this->pin->size;
    }

    public function isComplete(): bool
    {
        return $this->whole === count($this->pin->chunks);
    }

    /** The last byte of the piece that comes next. */
    public function next(): int
    {
        return $this->position() + $this->pin->chunkLength($this->whole) - 1;
    }

    public function begin(bool $partial, ?int $total): void
    {
        if ($total !== null && $total !== $this->pin->size) {
            throw new FetchError("it has $total bytes there, {$this->pin->size} are pinned", bytes: true);
        }
        if (!$partial) {
            $this->whole = 0;
        }
        $this->end = $partial ? $this->next() + 1 : $this->pin->size;
        $this->start = $this->position();
        $this->rewind();
    }

    public function write(string $bytes): void
    {
        if ($this->position() + $this->partial + strlen($bytes) > $this->end) {
            throw new FetchError("it sends more than the " . ($this->end - $this->start) . " bytes that were asked for", bytes: true);
        }
        while ($bytes !== '') {
            $length = $this->pin->chunkLength($this->whole);
            $piece = substr($bytes, 0, $length - $this->partial);
            $bytes = substr($bytes, strlen($piece));
            Disk::write($this->file, $piece, $this->path);
            hash_update($this->hash, $piece);
            $this->partial += strlen($piece);
            ($this->progress)($this->position() + $this->partial, $this->pin->size);
            if ($this->partial === $length) {
                $this->endPiece();
            }
        }
    }

    /**
     * Called when an answer has ended.
     *
     * @throws FetchError where it ended within a piece
     */
    public function end(): void
    {
        if ($this->position() < $this->end) {
            $there = $this->position() + $this->partial;
            throw new FetchError("the answer ends after $there of {$this->pin->size} bytes", again: true);
        }
    }

    /**
     * Makes the archive of it.
     *
     * @throws InstallError
     */
    public function finish(string $path): void
    {
        if (!fflush($this->file) || !fsync($this->file)) {
            throw InstallError::cannotWrite("cannot write {$this->path}: " . Disk::lastError());
        }
        $hash = hash_file('sha256', $this->path);
        if ($hash !== $this->pin->sha256) {
            ftruncate($this->file, 0);
            throw InstallError::verification(
                "the manifest contradicts itself: the pieces of {$this->pin->file} are right, the whole has the SHA-256 $hash",
            );
        }
        Disk::rename($this->path, $path);
    }

    private function endPiece(): void
    {
        $number = $this->whole;
        if (hash_final($this->hash) !== $this->pin->chunks[$number]) {
            $this->rewind();
            $count = count($this->pin->chunks);
            throw new FetchError('piece ' . ($number + 1) . " of $count of {$this->pin->file} is not what is pinned", again: true, bytes: true);
        }
        $this->whole++;
        $this->partial = 0;
        $this->hash = hash_init('sha256');
    }

    /** Drops what is not a whole piece. */
    private function rewind(): void
    {
        ftruncate($this->file, $this->position());
        fseek($this->file, $this->position());
        $this->partial = 0;
        $this->hash = hash_init('sha256');
    }

    private function resume(): void
    {
        foreach ($this->pin->chunks as $number => $wanted) {
            $context = hash_init('sha256');
            $length = $this->pin->chunkLength($number);
            if (hash_update_stream($context, $this->file, $length) !== $length || hash_final($context) !== $wanted) {
                break;
            }
            $this->whole++;
        }
        $this->rewind();
    }
}
