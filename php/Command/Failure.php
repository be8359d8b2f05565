<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** The command cannot do its work. The message is printed to standard error, and the exit status is 70. */
final class Failure extends \RuntimeException
{
}
