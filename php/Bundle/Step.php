<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** The steps of an install that leave something behind, in their order. */
enum Step
{
    case Locked;
    case Fetched;
    case Checked;
    case Unpacked;
    case Verified;
    case Tried;
    case Synced;
    case Placed;
    case Switched;
    case Cleaned;
}
