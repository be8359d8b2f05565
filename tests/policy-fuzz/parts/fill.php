<?php

declare(strict_types=1);

/** Allocates a page more than a limit leaves. It ends the request where the limit is in force, and returns where it is not. */
return static function (int $limit): string {
    gc_mem_caches();
    $left = $limit - memory_get_usage(true);
    return $left < (4 << 20) ? 'too small to try' : strlen(str_repeat('x', $left + 4096)) . ' bytes';
};
