--TEST--
opcache.file_cache: files are written and used, with shared memory and without, on several workers
--FILE--
<?php
require __DIR__ . '/../support.inc';

$include = script('function cached(int $n): int { return $n * 2; } return 21;');
$work = script('$value = require ' . var_export($include, true) . '; return cached($value);');
mkdir(tmp('cache'), 0700);
$run = function (int $only, string $cache) use ($work): void {
    ended(php('
        $vm = FfiZts::boot(["threads" => 3, "extensions" => ["opcache"], "ini" => ["opcache.file_cache" => ' . var_export($cache, true) . ',
            "opcache.file_cache_only" => ' . $only . ', "opcache.file_update_protection" => 0]]);
        for ($i = 0; $i < 60; $i++) $futures[] = $vm->startScript(' . var_export($work, true) . ');
        $values = array_count_values(array_map(fn ($future) => $future->await()->value, $futures));
        echo json_encode($values), " ", preg_replace("/\d+ MB|\/.*/", "…", $vm->info()["opcache"]["state"]);'));
};
// The first to write a file, several at once: what they share for it must be there before them.
ob_start();
for ($i = 0; $i < 8; $i++) {
    mkdir(tmp("cache$i"), 0700);
    $run(0, tmp("cache$i"));
}
echo implode("\n", array_unique(explode("\n", ob_get_clean())));
foreach ([0, 1, 1] as $only) {
    $run($only, tmp('cache'));
}
$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(tmp('cache'), FilesystemIterator::SKIP_DOTS));
foreach ($files as $file) {
    $names[] = $file->getFilename();
}
echo in_array(basename($include) . '.bin', $names, true) ? "written\n" : implode(' ', $names);
?>
--EXPECT--
status 0: {"42":60} on, … of memory
status 0: {"42":60} on, … of memory
status 0: {"42":60} on, in files only: …
status 0: {"42":60} on, in files only: …
written
