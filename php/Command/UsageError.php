<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** The command line makes no sense. The message is printed to standard error, and the exit status is 64. */
final class UsageError extends \RuntimeException
{
}
