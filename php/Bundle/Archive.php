<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** The archive of a bundle: it holds what its bundle.json names, and nothing else. */
final class Archive
{
    private function __construct(public readonly string $path, public readonly string $sha256, public readonly Description $description)
    {
    }

    /**
     * Reads it from end to end, and writes nothing.
     *
     * @throws InstallError
     */
    public static function check(string $path): self
    {
        $reader = new UstarReader($path);
        $members = [];
        $json = null;
        $bytes = 0;
        while (($entry = $reader->next()) !== null) {
            $members[$entry->path] = $entry;
            $bytes += $entry->size;
            if ($bytes > Description::MAX_BYTES + Description::MAX_JSON) {
                throw InstallError::verification("$path unpacks to more bytes than a bundle may have");
            }
            if ($entry->path === Description::FILE && !$entry->isDirectory) {
                if ($entry->size > Description::MAX_JSON) {
                    throw InstallError::verification("$path has a bundle.json of {$entry->size} bytes");
                }
                for ($json = ''; ($piece = $reader->read(1 << 16)) !== ''; $json .= $piece) {
                }
            }
        }
        if ($json === null) {
            throw InstallError::verification("$path has no bundle.json: it is no bundle of ffi_zts");
        }
        $description = Description::parse($json, "bundle.json in $path");
        self::compare($path, $members, $description);
        return new self($path, (string) hash_file('sha256', $path), $description);
    }

    /**
     * Unpacks it into an empty directory, which nobody else writes to.
     *
     * @throws InstallError
     */
    public function unpack(string $directory): void
    {
        $reader = new UstarReader($this->path);
        while (($entry = $reader->next()) !== null) {
            $goal = "$directory/{$entry->path}";
            if ($entry->isDirectory) {
                self::makeParents($directory, $entry->path);
                continue;
            }
            $named = $this->description->files[$entry->path] ?? null;
            if ($named === null ? $entry->path !== Description::FILE || $entry->size > Description::MAX_JSON : $entry->size !== $named->size) {
                throw InstallError::verification("{$this->path} was changed while it was read");
            }
            self::makeParents($directory, dirname($entry->path));
            $file = Disk::open($goal, 'xb');
            while (($bytes = $reader->read(1 << 16)) !== '') {
                Disk::write($file, $bytes, $goal);
            }
            Disk::close($file, $goal);
            chmod($goal, $named->mode ?? 0644);
        }
    }

    /** Each by itself, since each gets its mode. */
    private static function makeParents(string $directory, string $path): void
    {
        if ($path !== '.') {
            self::makeParents($directory, dirname($path));
            Disk::makeDirectory("$directory/$path");
        }
    }

    /** What tells this archive from others of the same name. */
    public function short(): string
    {
        return substr($this->sha256, 0, 12);
    }

    /** @param array<string, UstarEntry> $members */
    private static function compare(string $path, array $members, Description $description): void
    {
        $directories = [];
        foreach (array_keys($description->files) as $file) {
            for ($directory = dirname($file); $directory !== '.'; $directory = dirname($directory)) {
                $directories[$directory] = true;
            }
            if (($members[$file] ?? null) === null || $members[$file]->isDirectory) {
                throw InstallError::verification("$path has no file '$file', which its bundle.json names");
            }
        }
        foreach ($members as $name => $member) {
            if ($name === Description::FILE) {
                continue;
            }
            $file = $description->files[$name] ?? null;
            if ($member->isDirectory ? !isset($directories[$name]) : $file === null) {
                throw InstallError::verification("$path has '$name', which its bundle.json does not name");
            }
            if ($file !== null && $member->size !== $file->size) {
                throw InstallError::verification("$path: '$name' has {$member->size} bytes, its bundle.json says {$file->size}");
            }
        }
    }
}
