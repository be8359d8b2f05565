<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** A line of an ini file that loads ffi_zts. */
final class IniLine
{
    /**
     * @param string   $file   the ini file, as PHP reads it
     * @param int      $number from 1
     * @param string   $value  what the line names
     * @param string   $target the file that PHP opens for it; it need not exist
     * @param OwnState $state  whose the ini file is
     */
    public function __construct(
        public readonly string $file,
        public readonly int $number,
        public readonly string $value,
        public readonly string $target,
        public readonly OwnState $state,
    ) {
    }

    /**
     * The lines for ffi_zts in these files.
     *
     * @param list<string> $files
     *
     * @return list<self>
     */
    public static function in(array $files, string $extensionDir): array
    {
        $found = [];
        foreach ($files as $file) {
            foreach (explode("\n", (string) @file_get_contents($file)) as $index => $line) {
                if (preg_match('/^[ \t]*(?:zend_)?extension[ \t]*=/', $line) !== 1) {
                    continue;
                }
                $value = @parse_ini_string($line);
                $value = is_array($value) ? (string) reset($value) : '';
                if (preg_match('~(?:^|/)ffi_zts(?:\.so)?$~D', $value) === 1) {
                    $found[] = new self($file, $index + 1, $value, self::target($value, $extensionDir), OwnFile::state($file));
                }
            }
        }
        return $found;
    }

    /** The command that makes a comment of the line. */
    public function comment(): string
    {
        // A link stays one: sed would put a file in its place.
        return sprintf('sed -i --follow-symlinks %s %s', escapeshellarg("{$this->number}s/^/;/"), escapeshellarg($this->file));
    }

    private static function target(string $value, string $extensionDir): string
    {
        if (str_contains($value, '/')) {
            return $value;
        }
        return rtrim($extensionDir, '/') . '/' . (str_ends_with($value, '.so') ? $value : "$value.so");
    }
}
