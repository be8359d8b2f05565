<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** What stands at the place of the ini file that `enable` writes. */
enum OwnState
{
    case Absent;
    case Ours;
    /** It has our mark, and was changed since. */
    case Edited;
    case Foreign;
}
