<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** One subcommand of `ffi-zts`. */
interface Command
{
    /**
     * Does the work and returns the exit status, 0 to 255.
     *
     * @param list<string> $arguments what follows the subcommand's name
     *
     * @throws UsageError when the arguments make no sense
     */
    public function run(array $arguments): int;
}
