<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** bundle.json: what a bundle is, what it needs, and each of its files. */
final class Description
{
    public const FORMAT = 1;
    public const FILE = 'bundle.json';

    /** Bytes of bundle.json at most. */
    public const MAX_JSON = 1 << 20;

    /** Bytes of all files of a bundle at most, and how many there may be. */
    public const MAX_BYTES = 512 << 20;
    public const MAX_FILES = 4096;

    /**
     * @param string                                                                     $json    the text itself
     * @param array<string, array{packages: list<string>, needed_by: list<string>}>      $sonames libraries that the files need
     * @param array<string, FileEntry>                                                   $files   by path; all but bundle.json itself
     */
    private function __construct(
        public readonly string $json,
        public readonly string $id,
        public readonly string $version,
        public readonly Target $target,
        public readonly string $glibc,
        public readonly array $sonames,
        public readonly array $files,
    ) {
    }

    /**
     * @param string $file what the text is called in messages
     *
     * @throws InstallError for anything that is not as the format wants it
     */
    public static function parse(string $json, string $file): self
    {
        $root = JsonObject::parse($json, $file);
        $format = $root->integer('format', 1, PHP_INT_MAX);
        if ($format !== self::FORMAT) {
            throw InstallError::verification(
                "$file has format $format, this ffi_zts reads format " . self::FORMAT,
                'update the package ffi-zts/ffi-zts',
            );
        }
        $host = $root->object('host');
        if ($host->boolean('zts') || $host->boolean('debug')) {
            throw InstallError::verification("$file is of a bundle for a thread-safe or debug host");
        }
        $minor = '/^\d+\.\d+$/D';
        $target = new Target(
            $host->string('minor', $minor),
            $root->object('guest')->string('minor', $minor),
            $root->string('arch', '/^[a-z0-9_]+$/D'),
            $root->string('libc', '/^[a-z]+$/D'),
        );
        $id = $root->string('id');
        if ($id !== $target->id()) {
            throw InstallError::verification("$file: the id $id does not fit the rest of it, which makes {$target->id()}");
        }
        $glibc = $root->object('floors')->string('glibc', $minor);
        return new self(
            $json,
            $id,
            $root->string('version'),
            $target,
            $glibc,
            self::sonames($root->object('sonames')),
            self::files($root->object('files'), $file),
        );
    }

    /** @return array<string, array{packages: list<string>, needed_by: list<string>}> */
    private static function sonames(JsonObject $json): array
    {
        $sonames = [];
        foreach ($json->names() as $name) {
            $soname = $json->object($name);
            $sonames[$name] = ['packages' => $soname->strings('packages'), 'needed_by' => $soname->strings('needed_by')];
        }
        return $sonames;
    }

    /** @return array<string, FileEntry> */
    private static function files(JsonObject $json, string $file): array
    {
        $files = [];
        $bytes = 0;
        foreach ($json->names() as $path) {
            if (!self::isPath($path) || $path === self::FILE) {
                throw InstallError::verification("$file: '$path' is no path of a file in a bundle");
            }
            $entry = $json->object($path);
            $mode = (int) octdec($entry->string('mode', '/^0[4-7][0-7]{2}$/D'));
            if (($mode & 0022) !== 0) {
                throw InstallError::verification("$file: others may write '$path', its mode is " . sprintf('%04o', $mode));
            }
            $files[$path] = new FileEntry($path, $entry->sha256('sha256'), $entry->integer('size', 0, self::MAX_BYTES), $mode);
            $bytes += $files[$path]->size;
        }
        if (count($files) > self::MAX_FILES || $bytes > self::MAX_BYTES) {
            throw InstallError::verification(sprintf('%s names %d files of %d bytes, more than a bundle may hold', $file, count($files), $bytes));
        }
        foreach (['ffi_zts.so', 'runtime/runtime.json', 'runtime/libphp.so', 'runtime/ffi_zts_guest.so'] as $needed) {
            if (!isset($files[$needed])) {
                throw InstallError::verification("$file names no $needed");
            }
        }
        return $files;
    }

    /** Whether a name stays below the directory that it is put into, and is written in one way only. */
    public static function isPath(string $path): bool
    {
        return strlen($path) <= 200 && preg_match('~^(?!\.\.?(?:/|$))[A-Za-z0-9._+@-]+(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._+@-]+)*$~D', $path) === 1;
    }
}
