<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** How much a finding counts. */
enum Severity: string
{
    /** Something does not work, or not as it was asked for. The exit status of `doctor` is 1. */
    case Problem = 'problem';
    /** Worth knowing. */
    case Note = 'note';
}
