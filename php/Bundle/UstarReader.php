<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/**
 * Reads a ustar archive in gzip (POSIX.1-1988, `tar --format=ustar`), strictly.
 *
 * It knows regular files and directories. Links, devices, headers of pax or GNU, names that are absolute, lead
 * upwards or come twice are refused, and so is an archive that is cut off, or goes on behind its end.
 */
final class UstarReader
{
    private const BLOCK = 512;

    private const KINDS = [
        '1' => 'a hard link', '2' => 'a symbolic link', '3' => 'a character device', '4' => 'a block device', '5' => 'a directory',
        '6' => 'a FIFO', '7' => 'a contiguous file', 'x' => 'a header of pax', 'g' => 'a header of pax', 'L' => "a long name of GNU's",
        'K' => "a long link of GNU's", 'S' => 'a sparse file',
    ];

    private readonly GzipReader $bytes;

    /** @var array<string, true> */
    private array $seen = [];

    /** Bytes of the member that are still to be read. */
    private int $left = 0;
    private int $padding = 0;

    public function __construct(private readonly string $path)
    {
        $this->bytes = new GzipReader($path);
    }

    /**
     * The next member; what was not read of the one before is passed over.
     *
     * @throws InstallError
     */
    public function next(): ?UstarEntry
    {
        while ($this->left > 0) {
            $this->read(1 << 16);
        }
        $this->bytes->read($this->padding);
        $this->padding = 0;
        $header = $this->bytes->read(self::BLOCK);
        if (trim($header, "\0") === '') {
            $this->end();
            return null;
        }
        $entry = $this->entry($header);
        if (count($this->seen) >= Description::MAX_FILES * 2) {
            throw $this->bad('has more members than a bundle may have');
        }
        if (isset($this->seen[$entry->path])) {
            throw $this->bad("has '{$entry->path}' twice");
        }
        $this->seen[$entry->path] = true;
        $this->left = $entry->size;
        $this->padding = (self::BLOCK - $entry->size % self::BLOCK) % self::BLOCK;
        return $entry;
    }

    /** Bytes of the member, at most so many; none at its end. */
    public function read(int $length): string
    {
        $length = min($length, $this->left);
        $bytes = $length === 0 ? '' : $this->bytes->some($length);
        if ($length > 0 && $bytes === '') {
            throw $this->bad('is cut off');
        }
        $this->left -= strlen($bytes);
        return $bytes;
    }

    private function entry(string $header): UstarEntry
    {
        if (substr($header, 257, 8) !== "ustar\00000") {
            throw $this->bad('is no ustar archive');
        }
        $sum = array_sum(unpack('C*', substr_replace($header, '        ', 148, 8)));
        if ($this->octal(substr($header, 148, 8), 'checksum') !== $sum) {
            throw $this->bad('has a damaged header');
        }
        $prefix = self::text(substr($header, 345, 155));
        $name = ($prefix === '' ? '' : "$prefix/") . self::text(substr($header, 0, 100));
        $type = $header[156];
        if (!in_array($type, ['0', "\0", '5'], true)) {
            throw $this->bad("has '" . self::printable($name) . "', which is " . (self::KINDS[$type] ?? 'of an unknown kind'));
        }
        $directory = $type === '5';
        // Only a directory ends in a slash.
        $path = $directory && str_ends_with($name, '/') ? substr($name, 0, -1) : $name;
        if (!Description::isPath($path)) {
            throw $this->bad("has the name '" . self::printable($name) . "', which " . match (true) {
                str_starts_with($name, '/') => 'is absolute',
                in_array('..', explode('/', $name), true) => 'leads upwards',
                default => 'no file of a bundle has',
            });
        }
        $size = $this->octal(substr($header, 124, 12), 'size');
        if ($directory && $size !== 0) {
            throw $this->bad("has the directory '$path' with content");
        }
        return new UstarEntry($path, $directory, $size);
    }

    /** Behind the last member there are zeros: two blocks, and what fills the last record. */
    private function end(): void
    {
        if (trim($this->bytes->read(self::BLOCK), "\0") !== '') {
            throw $this->bad('goes on behind its end');
        }
        for ($filled = 0; ($bytes = $this->bytes->some(1 << 16)) !== ''; $filled += strlen($bytes)) {
            if (trim($bytes, "\0") !== '' || $filled > 1 << 20) {
                throw $this->bad('goes on behind its end');
            }
        }
    }

    private function octal(string $field, string $what): int
    {
        if (preg_match('/^ *([0-7]{1,11})[ \0]*$/D', $field, $match) !== 1) {
            throw $this->bad("has a member whose $what is no octal number");
        }
        return (int) octdec($match[1]);
    }

    private static function text(string $field): string
    {
        $end = strpos($field, "\0");
        return $end === false ? $field : substr($field, 0, $end);
    }

    private static function printable(string $name): string
    {
        return (string) preg_replace('/[^\x20-\x7e]/', '?', $name);
    }

    private function bad(string $what): InstallError
    {
        return InstallError::verification("{$this->path} $what");
    }
}
