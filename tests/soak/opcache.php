<?php

// opcache under everything that restarts or invalidates its memory, with jobs on four workers all the time.
//
//   php tests/soak/opcache.php SECONDS [JIT]      JIT: tracing (default), function or disable
//
// The memory is far too small for the files, and so is the table of files. Jobs include some of them and give back the version
// stamp of each; the host replaces files meanwhile, and other jobs reset, invalidate and ask for the status. Every stamp must
// be one that the file had between the start and the end of the job, and what the file computes must fit the stamp.
// Ends with a line of counts; the status is 0 when nothing was wrong and the memory was restarted.

declare(strict_types=1);

const FILES = 320;
const IN_FLIGHT = 12;

$seconds = (float) ($argv[1] ?? 20);
$jit = $argv[2] ?? 'tracing';
$directory = sys_get_temp_dir() . '/ffi_zts-soak-' . getmypid();
mkdir($directory, 0700);
$owner = getmypid();
register_shutdown_function(static function () use ($directory, $owner): void {
    // Not in the child that rehearses the boot.
    if (getmypid() === $owner) {
        array_map(unlink(...), (array) glob("$directory/*"));
        rmdir($directory);
    }
});

/** Writes the next version of a file, which opcache tells from the one before by its time. */
$write = static function (int $file, int $version) use ($directory): void {
    $text = "file $file version $version " . str_repeat(chr(97 + ($file + $version) % 26), 100 + 97 * $file % 3000);
    $methods = '';
    for ($i = 0; $i < 40; $i++) {
        $methods .= "    public function method$i(array \$of = ['file' => $file, 'version' => $version]): int { return \$of['version'] + $i; }\n";
    }
    $code = <<<PHP
        <?php
        namespace Soak\\File$file;
        interface Has { const VERSION = $version; }
        abstract class Base implements Has { public function version(): int { return static::VERSION; } }
        final class Stamp extends Base {
            public const TEXT = '$text';
            public static function sum(int \$n): int { \$sum = 0; for (\$i = 1; \$i <= \$n; \$i++) { \$sum += \$i * $version; } return \$sum; }
        $methods}
        return ['version' => $version, 'md5' => '{md5}', 'new' => static fn (): Base => new Stamp()];
        PHP;
    $path = "$directory/f$file.php";
    file_put_contents("$path.new", str_replace('{md5}', md5($text), $code));
    touch("$path.new", 1_000_000_000 + $version);
    rename("$path.new", $path);
};
$versions = array_fill(0, FILES, 1);
foreach ($versions as $file => $version) {
    $write($file, $version);
}

$vm = FfiZts::boot(['threads' => 4, 'extensions' => ['opcache'], 'ini' => [
    'opcache.enable' => 1, 'opcache.memory_consumption' => 8, 'opcache.interned_strings_buffer' => 1, 'opcache.max_accelerated_files' => 200,
    'opcache.max_wasted_percentage' => 5, 'opcache.revalidate_freq' => 0, 'opcache.file_update_protection' => 0,
    'opcache.jit' => $jit, 'opcache.jit_buffer_size' => $jit === 'disable' ? 0 : '2M', 'opcache.jit_hot_loop' => 8, 'opcache.jit_hot_func' => 8,
]]);
$counts = ['jobs' => 0, 'stamps' => 0, 'changes' => 0, 'resets' => 0, 'invalidations' => 0, 'wrong' => 0];
$wrong = static function (string $what) use (&$counts): void {
    if ($counts['wrong']++ < 10) {
        fwrite(STDERR, "$what\n");
    }
};

/** Looks at what a job gave back. */
$check = static function (array $job) use (&$versions, &$counts, $wrong): void {
    try {
        $value = $job['future']->await(60)->value;
    } catch (\Throwable $e) {
        $wrong(sprintf('%s job: %s: %s', $job['kind'], $e::class, $e->getMessage()));
        return;
    }
    $counts['jobs']++;
    match ($job['kind']) {
        'reset' => $counts['resets'] += (int) $value,
        'invalidate' => $counts['invalidations'] += $value,
        'status' => $value === true || $wrong('no status: ' . json_encode($value)),
        'include' => null,
    };
    foreach ($job['kind'] === 'include' ? $value : [] as $file => $stamp) {
        $counts['stamps']++;
        if (!is_int($stamp) || $stamp < $job['versions'][$file] || $stamp > $versions[$file]) {
            $wrong("file $file: " . json_encode($stamp) . ", it was between {$job['versions'][$file]} and $versions[$file]");
        }
    }
};

mt_srand(1);
$rss = static fn (): int => (int) (preg_match('/^VmRSS:\s*(\d+)/m', (string) file_get_contents('/proc/self/status'), $m) ? $m[1] : 0);
$warm = 0;
$flying = [];
$end = hrtime(true) + (int) ($seconds * 1e9);
while (($now = hrtime(true)) < $end || $flying !== []) {
    while ($now < $end && count($flying) < IN_FLIGHT) {
        $dice = mt_rand(0, 99);
        $kind = $dice < 3 ? 'reset' : ($dice < 8 ? 'invalidate' : ($dice < 10 ? 'status' : 'include'));
        $files = array_map(static fn (): int => mt_rand(0, FILES - 1), range(1, 10));
        $flying[] = ['kind' => $kind, 'versions' => $versions,
            'future' => $vm->startScript(__DIR__ . '/parts/opcache-job.php', [$kind, $directory, ...array_map(strval(...), array_unique($files))])];
    }
    if (mt_rand(0, 9) === 0) {
        $file = mt_rand(0, FILES - 1);
        // The stamp may appear as soon as the file does.
        $write($file, ++$versions[$file]);
        $counts['changes']++;
    }
    $check(array_shift($flying));
    if ($counts['jobs'] === 2000) {
        $warm = $rss();
    }
}
$grown = $warm > 0 ? $rss() - $warm : 0;
$opcache = $vm->info()['opcache'];
file_put_contents("$directory/last.php", '<?php return opcache_get_status(false)["opcache_statistics"];');
$last = $vm->runScript("$directory/last.php")->value;
printf(
    "opcache soak: PHP %s, JIT %s, %d s: %d jobs, %d stamps, %d file changes, %d resets, %d invalidations; restarts: %d "
    . "(%d by reset, %d out of memory, %d table full); memory grown by %d kB; %d wrong\n",
    $vm->info()['php_version'], $opcache['jit_enabled'] ? $jit : 'off', $seconds, $counts['jobs'], $counts['stamps'], $counts['changes'],
    $counts['resets'], $counts['invalidations'], $vm->info()['opcache']['restarts'], $last['manual_restarts'], $last['oom_restarts'],
    $last['hash_restarts'], $grown, $counts['wrong']
);
$vm->shutdown();
exit($counts['wrong'] === 0 && $counts['stamps'] > 0 && $last['manual_restarts'] > 0 ? 0 : 1);
