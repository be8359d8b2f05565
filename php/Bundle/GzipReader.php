<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** The bytes within a gzip file of one member; what is cut off, damaged or followed by more is refused. */
final class GzipReader
{
    /** Compressed bytes that are taken at once: deflate makes at most 1,032 times as many of them. */
    private const PIECE = 1 << 13;

    /** @var resource */
    private $file;
    private readonly \InflateContext $inflate;
    private string $buffer = '';
    private int $fed = 0;

    public function __construct(private readonly string $path)
    {
        if (!function_exists('inflate_init')) {
            throw new InstallError(
                Status::Internal,
                'this PHP has no ext-zlib, which unpacks the bundle',
                'install ext-zlib, it is part of every distribution of PHP',
            );
        }
        $this->file = @fopen($path, 'rb') ?: throw new InstallError(Status::Unreachable, "cannot read $path: " . Disk::lastError());
        $this->inflate = inflate_init(ZLIB_ENCODING_GZIP);
    }

    public function __destruct()
    {
        if (isset($this->file)) {
            fclose($this->file);
        }
    }

    /**
     * Exactly so many bytes.
     *
     * @throws InstallError where the file ends before
     */
    public function read(int $length): string
    {
        $bytes = $this->some($length);
        while (strlen($bytes) < $length) {
            $more = $this->some($length - strlen($bytes));
            if ($more === '') {
                throw InstallError::verification("{$this->path} is cut off");
            }
            $bytes .= $more;
        }
        return $bytes;
    }

    /** Bytes up to a number; none at the end. */
    public function some(int $length): string
    {
        while ($this->buffer === '' && $this->fill()) {
        }
        $bytes = substr($this->buffer, 0, $length);
        $this->buffer = substr($this->buffer, strlen($bytes));
        return $bytes;
    }

    /** @return bool whether there may be more */
    private function fill(): bool
    {
        if (inflate_get_status($this->inflate) === ZLIB_STREAM_END) {
            return false;
        }
        $piece = fread($this->file, self::PIECE);
        if ($piece === false || $piece === '') {
            throw InstallError::verification("{$this->path} is " . ($this->fed === 0 ? 'empty' : 'cut off'));
        }
        $this->fed += strlen($piece);
        $bytes = @inflate_add($this->inflate, $piece);
        if ($bytes === false) {
            throw InstallError::verification("{$this->path} is no gzip file, or a damaged one");
        }
        $this->buffer = $bytes;
        $ended = inflate_get_status($this->inflate) === ZLIB_STREAM_END;
        if ($ended && (inflate_get_read_len($this->inflate) !== $this->fed || (string) fread($this->file, 1) !== '')) {
            throw InstallError::verification("{$this->path} goes on behind its end");
        }
        return true;
    }
}
