<?php

declare(strict_types=1);

/** The classes of these tests. */

require_once __DIR__ . '/Arena.php';
require_once __DIR__ . '/Vectors.php';
require_once __DIR__ . '/Probe.php';
require_once __DIR__ . '/Last.php';
require_once __DIR__ . '/Job.php';
require_once __DIR__ . '/Ways.php';

/** A closure of parts/tasks.php; from here it has no class for its scope. */
function task(string $name): Closure
{
    static $all;
    $all ??= require __DIR__ . '/parts/tasks.php';
    return $all[$name];
}

/** A table of vectors; its closures have no class for their scope. */
function table(string $file): array
{
    return require $file;
}
