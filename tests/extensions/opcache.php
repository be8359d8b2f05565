<?php

declare(strict_types=1);

/** Returns whether opcache runs, with its JIT. */
$status = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
return is_array($status) && $status['opcache_enabled'] && ($status['jit']['on'] ?? false);
