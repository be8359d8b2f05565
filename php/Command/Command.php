<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** One command of `ffi-zts`. */
interface Command
{
    public static function definition(): Definition;

    /**
     * Does the work and returns the exit status, 0 to 255.
     *
     * @throws UsageError where what was given makes no sense
     * @throws Failure    where the work cannot be done
     */
    public function run(Input $input, Output $output): int;
}
