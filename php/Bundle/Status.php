<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** How an install ended, as an exit status. */
enum Status: int
{
    case Done = 0;
    /** The command line makes no sense. */
    case Usage = 64;
    /** Bytes are not those that were pinned or signed, or a bundle did not come up when it was tried. */
    case Verification = 65;
    /** Nothing brought the bundle: no network, no such file, a server that refuses. */
    case Unreachable = 69;
    /** ffi_zts itself fails. */
    case Internal = 70;
    /** The goal or the disk takes no files. */
    case CannotWrite = 73;
    /** Another install holds the lock. */
    case Locked = 75;
    /** There is no bundle for such a host. */
    case Unsupported = 78;
}
