<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** A value as php.ini wants it. */
final class IniValue
{
    /** In single quotes nothing stands for something else. */
    public static function quote(string $value): string
    {
        if (preg_match('~^[\w./+-]+$~D', $value) === 1) {
            return $value;
        }
        $parts = preg_split("~('+)~", $value, -1, PREG_SPLIT_DELIM_CAPTURE | PREG_SPLIT_NO_EMPTY) ?: [];
        return implode('', array_map(static fn (string $part): string => $part[0] === "'" ? "\"$part\"" : "'$part'", $parts));
    }
}
