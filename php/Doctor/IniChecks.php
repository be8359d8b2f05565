<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

use FfiZts\Install\IniLine;
use FfiZts\Install\OwnState;

/** Whether PHP's configuration loads the extension: once, from the right place, by a file that others cannot change. */
final class IniChecks
{
    /** @return array<string, \Closure(Facts): ?Problem> */
    public static function all(): array
    {
        return [
            'extension-dir' => self::extensionDir(...),
            'line-stale' => self::stale(...),
            'line-duplicate' => self::duplicate(...),
            'line-edited' => self::edited(...),
            'line-foreign' => self::foreign(...),
            'ini-writable' => static fn (Facts $facts): ?Problem => $facts->iniObjection === null ? null : new Problem(
                'ini-writable',
                "the ini file that loads ffi_zts is not root's alone: {$facts->iniObjection->path} {$facts->iniObjection->why}",
                $facts->asRoot($facts->iniObjection->remedy),
            ),
            'ini-target-writable' => static fn (Facts $facts): ?Problem => $facts->targetObjection === null ? null : new Problem(
                'ini-target-writable',
                "an ini file of root's loads {$facts->lines[0]->target}, and {$facts->targetObjection->path} {$facts->targetObjection->why}",
                $facts->asRoot("$facts->command enable --system"),
            ),
            'load-failed' => static fn (Facts $facts): ?Problem => $facts->loadError === null ? null : new Problem(
                'load-failed',
                "PHP does not load $facts->extension: $facts->loadError",
                $facts->install(),
            ),
            'not-enabled' => self::notEnabled(...),
            'sapi-without' => self::sapiWithout(...),
        ];
    }

    private static function sapiWithout(Facts $facts): ?Problem
    {
        if ($facts->lines === [] || !$facts->loadedByIni || $facts->sapisWithout === []) {
            return null;
        }
        return Problem::note(
            'sapi-without',
            'the command line loads ffi_zts, and ' . implode(', ', $facts->sapisWithout) . ' does not',
            $facts->asRoot("$facts->command enable --sapi={$facts->sapisWithout[0]}"),
        );
    }

    private static function notEnabled(Facts $facts): ?Problem
    {
        if ($facts->extension === null || $facts->lines !== [] || $facts->loadedByIni) {
            return null;
        }
        return new Problem(
            'not-enabled',
            "$facts->php does not load the extension by itself (`$facts->command php script.php` does)",
            $facts->enable(),
        );
    }

    private static function extensionDir(Facts $facts): ?Problem
    {
        $number = preg_match('~/(20\d{6})(?:[-+/]|$)~', $facts->extensionDir, $match) === 1 ? (int) $match[1] : $facts->api;
        if ($facts->extensionDirExists && ($number === $facts->api || $facts->api === 0)) {
            return null;
        }
        $why = $facts->extensionDirExists ? "is for Zend API $number, and this PHP has $facts->api" : 'does not exist';
        $line = $facts->settings['extension_dir'] ?? null;
        return new Problem(
            'extension-dir',
            "extension_dir ($facts->extensionDir) $why" . ($line === null ? '' : "; $line->file:$line->number sets it"),
            $line === null ? "$facts->php -n -i | grep ^extension_dir" : $facts->asOwner($line->comment(), $line->file),
        );
    }

    private static function stale(Facts $facts): ?Problem
    {
        foreach ($facts->lines as $line) {
            if (!is_file($line->target)) {
                $ours = $line->state === OwnState::Ours;
                $remedy = match (true) {
                    $ours && $facts->extension !== null => $facts->enable(),
                    $ours => $facts->asOwner("$facts->command disable", $line->file),
                    default => $facts->asOwner($line->comment(), $line->file),
                };
                return new Problem(
                    'line-stale',
                    "$line->file:$line->number loads $line->value, and there is no $line->target: every php of this machine warns",
                    $remedy,
                );
            }
        }
        return null;
    }

    private static function duplicate(Facts $facts): ?Problem
    {
        if (count($facts->lines) < 2) {
            return null;
        }
        [$first, $second] = $facts->lines;
        // What is not ours goes; of two of the same kind the later one, which PHP warns of.
        $goes = $first->state !== OwnState::Ours && $second->state === OwnState::Ours ? $first : $second;
        return new Problem(
            'line-duplicate',
            "$first->file:$first->number and $second->file:$second->number both load ffi_zts: PHP warns of the second",
            $facts->asOwner($goes->comment(), $goes->file),
        );
    }

    private static function edited(Facts $facts): ?Problem
    {
        foreach ($facts->lines as $line) {
            if ($line->state === OwnState::Edited) {
                $file = realpath($line->file) ?: $line->file;
                return new Problem(
                    'line-edited',
                    "$line->file was edited since `enable` wrote it, and neither `enable` nor `disable` touches it any more",
                    $facts->asOwner('rm ' . escapeshellarg($file), $file) . ' && ' . $facts->enable(),
                );
            }
        }
        return null;
    }

    private static function foreign(Facts $facts): ?Problem
    {
        foreach ($facts->lines as $line) {
            if ($line->state === OwnState::Foreign && is_file($line->target) && !self::known($line, $facts)) {
                return new Problem(
                    'line-foreign',
                    "$line->file:$line->number, which is not ours, loads $line->target, and not the $facts->extension of this package",
                    $facts->asOwner($line->comment(), $line->file) . ' && ' . $facts->enable(),
                );
            }
        }
        return null;
    }

    private static function known(IniLine $line, Facts $facts): bool
    {
        $target = realpath($line->target);
        return $facts->extension === null || $target === realpath($facts->extension)
            || ($facts->systemCopy !== null && $target === realpath("$facts->systemCopy/ffi_zts.so"));
    }
}
