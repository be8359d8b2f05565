<?php

// One job of tests/soak/opcache.php: KIND DIRECTORY FILE…
//
// What the files say about themselves must fit together: a job that reads memory which was restarted sees pieces of others.

declare(strict_types=1);

[, $kind, $directory] = $argv;
$files = array_map(intval(...), array_slice($argv, 3));
if ($kind === 'reset') {
    return opcache_reset();
}
if ($kind === 'status') {
    return is_array(opcache_get_status());
}
if ($kind === 'invalidate') {
    return count(array_filter($files, static fn (int $file): bool => opcache_invalidate("$directory/f$file.php", true)));
}
$stamps = [];
foreach ($files as $file) {
    $told = include "$directory/f$file.php";
    $class = "Soak\\File$file\\Stamp";
    $version = $told['version'];
    $object = $told['new']();
    $fits = $object instanceof $class && $object->version() === $version && $class::sum(300) === 45150 * $version
        && md5($class::TEXT) === $told['md5'] && str_starts_with($class::TEXT, "file $file version $version ")
        && preg_match("/^file $file version $version ([a-z])\\1+\$/", $class::TEXT) === 1;
    for ($i = 0; $i < 40; $i++) {
        $fits = $fits && $object->{"method$i"}() === $version + $i;
    }
    $stamps[$file] = $fits ? $version : "does not fit: $version";
}
return $stamps;
