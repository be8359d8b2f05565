<?php

declare(strict_types=1);

/** Whether what the administrator has set is in force; the argument is a file that he does not allow. */

return [
    ($GLOBALS['guard'] ?? false) ? 'guarded' : 'ESCAPED prepend',
    ini_get('memory_limit') === '16M' ? 'limited' : 'ESCAPED ' . ini_get('memory_limit'),
    @file_get_contents($argv[1]) === false ? 'confined' : 'ESCAPED open_basedir',
    function_exists('exec') ? 'ESCAPED exec' : 'disabled',
];
