<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** There is no such SAPI here; the message names those that are. */
final class NoSuchSapi extends \RuntimeException
{
}
