<?php

declare(strict_types=1);

namespace FfiZts\Install;

/**
 * Who could change a file, or put another in its place.
 *
 * The rule is that of the extension for what it opens: the file, its directory and those above belong to root or to one of
 * the named users, and nobody else may write. A sticky directory (/tmp) lets nobody replace what is not his.
 */
final class Trust
{
    /** @param list<int> $users beside root */
    public function __construct(private readonly array $users = [])
    {
    }

    /** The user of this process, also where there is no ext-posix. */
    public static function user(): int
    {
        return function_exists('posix_geteuid') ? posix_geteuid() : (int) fileowner('/proc/self');
    }

    /** Why the file, or a place on the way to it, is not to be trusted; null: it is. */
    public function objection(string $path): ?Objection
    {
        $real = realpath($path);
        // A link on the way can be switched by whoever may write where it stands.
        foreach (array_unique([$path, $real === false ? $path : $real]) as $way) {
            for ($at = $way; ; $at = dirname($at)) {
                $objection = $this->entry($at);
                if ($objection !== null || $at === '/' || $at === '.') {
                    break;
                }
            }
            if ($objection !== null) {
                return $objection;
            }
        }
        return null;
    }

    /** The first objection to a directory or anything in it. */
    public function inside(string $directory): ?Objection
    {
        $files = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($directory, \FilesystemIterator::SKIP_DOTS),
            \RecursiveIteratorIterator::SELF_FIRST,
        );
        foreach ($files as $file) {
            $objection = $this->entry($file->getPathname());
            if ($objection !== null) {
                return $objection;
            }
        }
        return $this->objection($directory);
    }

    private function entry(string $path): ?Objection
    {
        $facts = @lstat($path);
        // The mode of a link says nothing; what it stands in was looked at, or will be.
        $facts = $facts !== false && ($facts['mode'] & 0170000) === 0120000 ? [...$facts, 'mode' => 0120755] : $facts;
        if ($facts === false) {
            return null;
        }
        if ($facts['uid'] !== 0 && !in_array($facts['uid'], $this->users, true)) {
            return new Objection($path, "belongs to uid {$facts['uid']}", 'chown root ' . escapeshellarg($path));
        }
        $sticky = ($facts['mode'] & 0170000) === 0040000 && ($facts['mode'] & 01000) !== 0;
        if (($facts['mode'] & 0022) !== 0 && !$sticky) {
            $why = sprintf('can be changed by others (mode %04o)', $facts['mode'] & 07777);
            return new Objection($path, $why, 'chmod go-w ' . escapeshellarg($path));
        }
        return null;
    }
}
