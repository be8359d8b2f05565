<?php

declare(strict_types=1);

/** Bootstrap and prepended file: runs the job of the environment, once. */

$told = getenv('POLICY_JOB');
if ($told !== false) {
    require_once dirname(__DIR__) . '/load.php';
    putenv(Job::VARIABLE); // jobs within are told none
    try {
        $GLOBALS['outcomes'] = Job::run(json_decode($told, true));
    } catch (Throwable $e) {
        $GLOBALS['outcomes'] = ['the job' => 'FAILED: ' . $e->getMessage()];
    }
}
