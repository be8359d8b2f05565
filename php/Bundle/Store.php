<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/**
 * The directory in which bundles are unpacked, side by side.
 *
 * A bundle is a directory `<id>@<hash>`; the link `<id>` leads to the one in use, and is switched by a rename. What is being
 * unpacked is in `.tmp-…`, which the next install removes when this one is ended before it is done.
 */
final class Store
{
    private const TEMPORARY = '.tmp-';

    /**
     * @param string  $directory
     * @param ?string $link      the name of the link; null: the bundle's id
     * @param string  $below     what the link leads to within the bundle, as /runtime
     */
    public function __construct(public readonly string $directory, private readonly ?string $link = null, private readonly string $below = '')
    {
    }

    /** The link that stays where it is when another version is installed. */
    public function path(string $id): string
    {
        return "$this->directory/" . ($this->link ?? $id);
    }

    /** The bundle in use, as bundle.json describes it; null where there is none that can be read. */
    public function current(string $id): ?Description
    {
        $name = $this->target($id);
        return $name === null ? null : $this->describe($name);
    }

    /** Whether the bundle with that hash is in use, and each of its files is as it was. */
    public function holds(string $id, string $short): bool
    {
        $name = $this->target($id);
        $bundle = $name === "$id@$short" ? $this->describe($name) : null;
        if ($bundle === null || $bundle->id !== $id) {
            return false;
        }
        try {
            $this->verify("$this->directory/$name", $bundle);
            return true;
        } catch (InstallError) {
            return false;
        }
    }

    /**
     * Compares each file with what bundle.json says of it.
     *
     * @throws InstallError
     */
    public function verify(string $directory, Description $bundle): void
    {
        foreach ($bundle->files as $file) {
            $path = "$directory/{$file->path}";
            if ($this->hasLink($directory, $file->path) || !is_file($path)) {
                throw InstallError::verification("$path is no regular file");
            }
            if (filesize($path) !== $file->size || hash_file('sha256', $path) !== $file->sha256) {
                throw InstallError::verification("$path is not what bundle.json says of it");
            }
            if ((fileperms($path) & 0777) !== $file->mode) {
                throw InstallError::verification(sprintf('%s has the mode %04o, bundle.json says %04o', $path, fileperms($path) & 0777, $file->mode));
            }
        }
    }

    /** Whether there is what an install is at, or has left. */
    public function hasLeftovers(): bool
    {
        return $this->leftovers() !== [];
    }

    /** Removes what installs that were ended have left. Only whoever has the lock may. */
    public function sweep(): void
    {
        array_map(Disk::remove(...), $this->leftovers());
    }

    /** A new directory, for what is unpacked or fetched. */
    public function temporary(): string
    {
        $path = "$this->directory/" . self::TEMPORARY . bin2hex(random_bytes(6));
        Disk::makeDirectory($path);
        return $path;
    }

    /** Has all of a bundle written to the medium. */
    public function sync(string $directory, Description $bundle): void
    {
        $directories = [$directory => true];
        foreach ([Description::FILE, ...array_keys($bundle->files)] as $file) {
            Disk::sync("$directory/$file");
            $directories[dirname("$directory/$file")] = true;
        }
        foreach (array_keys($directories) as $path) {
            Disk::sync($path);
        }
    }

    /** Gives the unpacked bundle its name; one of that name that is damaged makes way. */
    public function place(string $temporary, string $id, string $short): void
    {
        $goal = "$this->directory/$id@$short";
        if (is_dir($goal) || is_link($goal)) {
            Disk::rename($goal, "$this->directory/" . self::TEMPORARY . bin2hex(random_bytes(6)));
        }
        Disk::rename($temporary, $goal);
        Disk::sync($this->directory);
    }

    /** Leads the link to the bundle. */
    public function switch(string $id, string $short): void
    {
        $link = $this->path($id);
        $fresh = "$this->directory/" . self::TEMPORARY . bin2hex(random_bytes(6));
        error_clear_last();
        if (!@symlink("$id@$short$this->below", $fresh)) {
            throw InstallError::cannotWrite(
                "cannot make a link in {$this->directory}: " . Disk::lastError(),
                'choose a directory on a file system that has links: --dir',
            );
        }
        if (is_dir($link) && !is_link($link)) {
            // A copy that knows no links has made a directory of it.
            Disk::rename($link, "$this->directory/" . self::TEMPORARY . bin2hex(random_bytes(6)));
        }
        Disk::rename($fresh, $link);
        Disk::sync($this->directory);
    }

    /**
     * Removes the bundles of an id but for some. Processes that have loaded the one before find their files still.
     *
     * @param list<?string> $kept their directories' names
     */
    public function prune(string $id, array $kept): void
    {
        foreach (scandir($this->directory) ?: [] as $name) {
            if (preg_match('/^' . preg_quote($id, '/') . '@[0-9a-f]{12}$/D', $name) === 1 && !in_array($name, $kept, true)) {
                Disk::remove("$this->directory/$name");
            }
        }
    }

    /** The name of the directory that the link leads to; null where there is no such link. */
    public function target(string $id): ?string
    {
        $link = $this->path($id);
        $target = is_link($link) ? (string) readlink($link) : '';
        return preg_match('~^([^/]+@[0-9a-f]{12})' . preg_quote($this->below, '~') . '$~D', $target, $match) === 1 ? $match[1] : null;
    }

    /** @return list<string> paths */
    private function leftovers(): array
    {
        $names = array_filter(scandir($this->directory) ?: [], static fn (string $name): bool => str_starts_with($name, self::TEMPORARY));
        return array_values(array_map(fn (string $name): string => "$this->directory/$name", $names));
    }

    private function describe(string $name): ?Description
    {
        $path = "$this->directory/$name/" . Description::FILE;
        try {
            return is_file($path) ? Description::parse((string) @file_get_contents($path, false, null, 0, Description::MAX_JSON), $path) : null;
        } catch (InstallError) {
            return null;
        }
    }

    private function hasLink(string $directory, string $file): bool
    {
        for ($path = $file; $path !== '.'; $path = dirname($path)) {
            if (is_link("$directory/$path")) {
                return true;
            }
        }
        return is_link($directory);
    }
}
