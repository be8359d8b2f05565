<?php

declare(strict_types=1);

namespace FfiZts\Install;

/**
 * Who could change a file, or put another in its place.
 *
 * The rule is that of the extension for what it opens: the file, its directory and those above belong to root or to one of
 * the named users, and nobody else may write. A sticky directory (/tmp) lets nobody replace what is not his. Above the
 * directory a group may write that is the user's own and has nobody else: many systems create home directories that way.
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
            for ($at = $way, $distance = 0; ; $at = dirname($at), $distance++) {
                $objection = $this->entry($at, $distance > 1);
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
            $objection = $this->entry($file->getPathname(), false);
            if ($objection !== null) {
                return $objection;
            }
        }
        return $this->objection($directory);
    }

    private function entry(string $path, bool $above): ?Objection
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
        $privately = $above && ($facts['mode'] & 0020) !== 0 && $facts['uid'] === $facts['gid'] && self::isPrivate($facts['uid']);
        if (($facts['mode'] & ($privately ? 0002 : 0022)) !== 0 && !$sticky) {
            $why = sprintf('can be changed by others (mode %04o)', $facts['mode'] & 07777);
            return new Objection($path, $why, 'chmod go-w ' . escapeshellarg($path));
        }
        return null;
    }

    /** Whether user and group of that number have the same name, no other user has the group, and it has no other member. */
    private static function isPrivate(int $number): bool
    {
        $lines = static fn (string $file): array => array_map(
            static fn (string $line): array => explode(':', $line),
            explode("\n", (string) @file_get_contents($file)),
        );
        $number = (string) $number;
        $users = array_filter($lines('/etc/passwd'), static fn (array $user): bool => ($user[2] ?? '') === $number || ($user[3] ?? '') === $number);
        $groups = array_filter($lines('/etc/group'), static fn (array $group): bool => ($group[2] ?? '') === $number);
        if (count($users) !== 1 || count($groups) !== 1) {
            return false;
        }
        [$user, $group] = [reset($users), reset($groups)];
        $others = array_diff(explode(',', $group[3] ?? ''), ['', $user[0]]);
        return $user[2] === $number && ($user[3] ?? '') === $number && $group[0] === $user[0] && $others === [];
    }
}
