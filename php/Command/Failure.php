<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** The command cannot do its work. The message is printed to standard error; the code is the exit status. */
final class Failure extends \RuntimeException
{
    /** Something that came with the package, or was written by it, is not what it was (EX_DATAERR of sysexits.h). */
    public const VERIFICATION = 65;

    /** ffi_zts itself fails, as opposed to a script (EX_SOFTWARE). */
    public const INTERNAL = 70;

    /** A file cannot be written, or not where it would be safe (EX_CANTCREAT). */
    public const CANNOT_WRITE = 73;

    /** This host, or what is installed, cannot do it (EX_CONFIG). */
    public const UNSUPPORTED = 78;

    public function __construct(string $message, int $status = self::INTERNAL, ?\Throwable $previous = null)
    {
        parent::__construct($message, $status, $previous);
    }
}
