<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** A file could not be written or removed; the message names it and says why. */
final class CannotWrite extends \RuntimeException
{
}
