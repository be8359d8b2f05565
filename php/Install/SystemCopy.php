<?php

declare(strict_types=1);

namespace FfiZts\Install;

/**
 * A copy of the bundle in PHP's extension directory, which root owns.
 *
 * `ffi_zts.so` is a link into `ffi_zts/<name>/`, where the runtime is beside the file that it leads to. The link is
 * switched by a rename, so that PHP finds the old pair or the new one.
 */
final class SystemCopy
{
    /** Marks a directory as ours, and holds the hash of each file. */
    private const MARK = 'copied.json';

    private readonly string $link;
    private readonly string $place;

    public function __construct(private readonly string $extensionDir)
    {
        $this->link = rtrim($extensionDir, '/') . '/' . ExtensionFile::NAME;
        $this->place = rtrim($extensionDir, '/') . '/ffi_zts';
    }

    /** The directory of the copy in use; null where there is none of ours. */
    public function directory(): ?string
    {
        $target = is_link($this->link) ? realpath($this->link) : false;
        $directory = $target === false ? '' : dirname($target);
        return dirname($directory) === realpath($this->place) && is_file("$directory/" . self::MARK) ? $directory : null;
    }

    /** Whether the copy in use has the files of that directory, and has not been changed. */
    public function matches(string $source): bool
    {
        $directory = $this->directory();
        return $directory !== null
            && self::recorded($directory) === self::hashes($source, self::files($source))
            && self::recorded($directory) === self::hashes($directory, self::files($directory));
    }

    /**
     * Writes a copy and switches to it. An earlier one stays until prune().
     *
     * @param string           $source the directory of ffi_zts.so, with runtime/ in it
     * @param ?InstalledBundle $bundle the bundle that it is, whose hashes the copy must have
     *
     * @return ?string the earlier copy, for back()
     *
     * @throws CannotWrite where root does not own all of it, or something of somebody else's is there
     */
    public function write(string $source, ?InstalledBundle $bundle, Trust $trust): ?string
    {
        $objection = is_dir($this->extensionDir) ? $trust->objection($this->extensionDir) : null;
        if ($objection !== null || !is_dir($this->extensionDir)) {
            $why = $objection === null ? 'does not exist' : "is no place for it: $objection->path $objection->why";
            throw new CannotWrite("the extension directory $this->extensionDir $why");
        }
        if ((file_exists($this->link) || is_link($this->link)) && $this->directory() === null) {
            throw new CannotWrite("$this->link is not ours (make install, or a package, may have put it there): remove it first");
        }
        $files = self::files($source);
        $hashes = self::hashes($source, $files);
        foreach ($bundle?->hashes() ?? [] as $file => $hash) {
            if (isset($hashes[$file]) && !hash_equals($hash, $hashes[$file])) {
                throw new CannotWrite("$source/$file is not what its bundle.json says; `ffi-zts install` mends it");
            }
        }
        $earlier = $this->directory();
        // A process that has it loaded is not to find it replaced by the same.
        if ($earlier === null || !$this->matches($source)) {
            $this->switchTo($this->copy($source, $hashes));
        }
        return $earlier === null ? null : basename($earlier);
    }

    /**
     * Switches to the earlier copy again, or removes it all where there was none.
     *
     * @throws CannotWrite
     */
    public function back(?string $earlier): void
    {
        if ($earlier === null) {
            $this->remove();
        } else {
            $this->switchTo($earlier);
            $this->prune();
        }
    }

    /**
     * Removes copies that are not in use; processes that have one mapped keep it.
     *
     * @throws CannotWrite
     */
    public function prune(): void
    {
        $this->removeOthers(basename((string) $this->directory()));
    }

    /**
     * Removes the link, then what it led to.
     *
     * @throws CannotWrite
     */
    public function remove(): void
    {
        $directory = $this->directory();
        if ($directory === null) {
            return;
        }
        if (self::recorded($directory) !== self::hashes($directory, self::files($directory))) {
            throw new CannotWrite("$directory was changed since it was written: remove it and $this->link yourself");
        }
        OwnFile::remove($this->link);
        $this->removeOthers(null);
        @rmdir($this->place);
    }

    /** @param array<string, string> $hashes */
    private function copy(string $source, array $hashes): string
    {
        $record = json_encode(['format' => 1, 'files' => $hashes], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR) . "\n";
        // Not by the hash alone: files that were changed are not to be overwritten under processes that have them mapped.
        $name = substr(hash('sha256', $record), 0, 12) . '-' . bin2hex(random_bytes(4));
        $fresh = "$this->place/.$name";
        try {
            foreach ($hashes as $file => $hash) {
                $this->put("$source/$file", "$fresh/$file", $hash);
            }
            self::makeDirectory($fresh);
            OwnFile::write("$fresh/" . self::MARK, $record);
            if (!@rename($fresh, "$this->place/$name")) {
                throw new CannotWrite("cannot rename $fresh: " . (error_get_last()['message'] ?? 'unknown'));
            }
        } catch (CannotWrite $error) {
            Tree::remove($fresh);
            throw $error;
        }
        return $name;
    }

    private function put(string $from, string $to, string $hash): void
    {
        self::makeDirectory(dirname($to));
        if (!@copy($from, $to) || !@chmod($to, 0644)) {
            throw new CannotWrite("cannot write $to: " . (error_get_last()['message'] ?? 'unknown'));
        }
        if (!hash_equals($hash, (string) hash_file('sha256', $to))) {
            throw new CannotWrite("$to is not what $from was: the disk may be full");
        }
    }

    private static function makeDirectory(string $directory): void
    {
        if (is_dir($directory)) {
            return;
        }
        self::makeDirectory(dirname($directory));
        // Whoever runs PHP reads it, whatever the mask of this user.
        if (!@mkdir($directory) || !@chmod($directory, 0755)) {
            throw new CannotWrite("cannot make $directory: " . (error_get_last()['message'] ?? 'unknown'));
        }
    }

    private function switchTo(string $name): void
    {
        $fresh = "$this->link." . bin2hex(random_bytes(4)) . '.new';
        if (!@symlink("ffi_zts/$name/" . ExtensionFile::NAME, $fresh) || !@rename($fresh, $this->link)) {
            @unlink($fresh);
            throw new CannotWrite("cannot write $this->link: " . (error_get_last()['message'] ?? 'unknown'));
        }
    }

    private function removeOthers(?string $kept): void
    {
        foreach (is_dir($this->place) ? array_diff(scandir($this->place), ['.', '..', $kept]) : [] as $name) {
            $directory = "$this->place/$name";
            if (is_file("$directory/" . self::MARK) || $name[0] === '.') {
                Tree::remove($directory);
            }
        }
    }

    /** @return list<string> what a process needs, as scripts/install.sh picks it */
    private static function files(string $source): array
    {
        $files = [];
        foreach ([ExtensionFile::NAME, 'bundle.json', 'runtime/*.so', 'runtime/runtime.json', 'runtime/ext/*.so'] as $pattern) {
            foreach (glob("$source/$pattern") ?: [] as $file) {
                $files[] = substr($file, strlen($source) + 1);
            }
        }
        return $files;
    }

    /**
     * @param list<string> $files
     *
     * @return array<string, string>
     */
    private static function hashes(string $directory, array $files): array
    {
        $hashes = [];
        foreach ($files as $file) {
            $hashes[$file] = (string) hash_file('sha256', "$directory/$file");
        }
        ksort($hashes);
        return $hashes;
    }

    /** @return array<string, string> */
    private static function recorded(string $directory): array
    {
        $json = json_decode((string) @file_get_contents("$directory/" . self::MARK), true);
        return is_array($json) && is_array($json['files'] ?? null) ? $json['files'] : [];
    }
}
