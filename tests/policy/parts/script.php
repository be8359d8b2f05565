<?php

declare(strict_types=1);

/** The job of the first argument, as a script. */

require_once dirname(__DIR__) . '/load.php';

return Job::run(json_decode($argv[1], true));
