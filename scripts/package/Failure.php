<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** What keeps a bundle from being made; its message is for people. */
final class Failure extends \RuntimeException
{
}
