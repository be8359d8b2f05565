--TEST--
opcache.preload: functions and classes are there in every job, also after restarts; as root it needs a user
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

$preload = script('function preloaded(int $n): string { return php_sapi_name() . $n; }
    class Preloaded { public static int $count = 0; public static function next(): int { return ++self::$count; } }');
$ini = ['opcache.preload' => $preload];
if (posix_geteuid() === 0) {
    // PHP itself ends there; under 8.2 its words are other ones.
    $e = thrown(fn () => FfiZts::boot(['extensions' => ['opcache'], 'ini' => $ini])->runScript(script('')));
    $ini['opcache.preload_user'] = posix_getpwuid(0)['name'];
} else {
    echo "FfiZts\\BootException: not root, no \"opcache.preload_user\" needed\n";
}
$vm = FfiZts::boot(['threads' => 3, 'extensions' => ['opcache'], 'ini' => $ini]);
$use = script('return [preloaded(7), Preloaded::next(), Preloaded::next(), opcache_get_status()["preload_statistics"]["functions"]];');
for ($round = 0; $round < 3; $round++) {
    $futures = [];
    for ($i = 0; $i < 100; $i++) {
        $futures[] = $vm->startScript($use);
    }
    foreach ($futures as $future) {
        $seen[json_encode($future->await()->value)] = true;
    }
    $vm->runScript(script('opcache_reset();'));
}
echo implode("\n", array_keys($seen)), "\n";
echo $vm->info()['opcache']['restarts'] >= 2 ? 'restarted' : json_encode($vm->info()['opcache']), "\n";
?>
--EXPECTF--
FfiZts\BootException: %s"opcache.preload_user"%s
["ffi-zts7",1,2,["preloaded"]]
restarted
