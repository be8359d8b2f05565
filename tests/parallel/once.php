<?php

declare(strict_types=1);

/*
 * A guest, one runtime, and an exit status.
 *
 *   php once.php PARALLEL.SO
 */

$job = tempnam(sys_get_temp_dir(), 'ffi_zts');
register_shutdown_function(static fn () => unlink($job));
file_put_contents($job, '<?php return (new parallel\Runtime())->run(static function (): int { echo "runtime said hello\n"; return 7; })->value();');
exit(FfiZts::boot(['extensions' => [$argv[1]]])->runScript($job)->value);
