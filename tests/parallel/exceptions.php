<?php

declare(strict_types=1);

/*
 * What a task leaves uncaught, and a fatal error in it, are its job's to see; the host and other jobs go on.
 *
 *   php exceptions.php PARALLEL.SO
 */

$vm = FfiZts::boot(['threads' => 2, 'extensions' => ['opcache', $argv[1]], 'ini' => ['opcache.enable' => '1', 'opcache.file_update_protection' => '0']]);
$job = tempnam(sys_get_temp_dir(), 'ffi_zts');
register_shutdown_function(static fn () => array_map(unlink(...), [$job, "$job.2"]));
// The future is kept until the runtime is closed: parallel's thread writes to it after value() has thrown.
file_put_contents($job, <<<'PHP'
    <?php
    $runtime = new parallel\Runtime();
    $future = $runtime->run(static function (): int { (static fn () => throw new DomainException('from the task', 7))(); return 1; });
    try {
        $future->value();
    } catch (DomainException $e) {
        $caught = $e->getMessage() . ' ' . $e->getCode();
    }
    $runtime->close();
    $runtime = new parallel\Runtime();
    $runtime->run(static function (): void { (static fn () => trigger_error('fatal in the task', E_USER_ERROR))(); });
    $runtime->close();
    return $caught;
    PHP);
$futures = array_map(static fn (): FfiZts\Future => $vm->startScript($job), range(1, 8));
ob_start();
$values = array_map(static fn (FfiZts\Future $future) => $future->await()->value, $futures);
$shown = substr_count(ob_get_clean(), 'Fatal error: fatal in the task');
echo json_encode(array_values(array_unique($values))), ", $shown fatal errors shown\n";
// One that the job does not catch is thrown at the host, as the class that it is.
file_put_contents("$job.2", <<<'PHP'
    <?php
    $runtime = new parallel\Runtime();
    $future = $runtime->run(static function (): int { (static fn () => throw new DomainException('to the host'))(); return 1; });
    try {
        $future->value();
    } finally {
        $runtime->close();
    }
    PHP);
try {
    $vm->runScript("$job.2");
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
