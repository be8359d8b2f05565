<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** What `--json` prints. */
final class Json
{
    /** Bytes that are not UTF-8 become U+FFFD; paths may hold them. */
    public static function encode(mixed $value): string
    {
        $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE
            | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR;
        return json_encode($value, $flags) . "\n";
    }
}
