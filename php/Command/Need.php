<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** Whether a command needs the extension in its own process. */
enum Need
{
    case Nothing;
    /** Where the file is found, it is loaded; the command copes without. */
    case IfThere;
    case Extension;
}
