--TEST--
Hazard 4: a restart waits for a job that goes on; the others run meanwhile, without the cache
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 3, 'extensions' => ['opcache'], 'ini' => ['opcache.enable' => 1, 'opcache.file_update_protection' => 0]]);
$include = script('class Kept { const TEXT = "kept"; public static function text(): string { return self::TEXT; } }');
$long = script('
    require ' . var_export($include, true) . ';
    touch(' . var_export(tmp('runs'), true) . ');
    while (!file_exists(' . var_export(tmp('end'), true) . ')) { usleep(1000); clearstatcache(); $text = Kept::text(); }
    return $text;');
$status = script('
    require ' . var_export($include, true) . ';
    $status = opcache_get_status(false);
    return [Kept::text(), $status["opcache_enabled"], $status["restart_pending"], $status["opcache_statistics"]["manual_restarts"]];');
$future = $vm->startScript($long);
started($future, tmp('runs'));
echo json_encode($vm->runScript($status)->value), "\n";
echo json_encode($vm->runScript(script('return opcache_reset();'))->value), "\n";
for ($i = 0; $i < 20; $i++) {
    $seen[json_encode($vm->runScript($status)->value)] = true;
}
echo implode("\n", array_keys($seen)), "\n";
var_dump($vm->info()['opcache']['restart_pending']);
touch(tmp('end'));
echo $future->await()->value, "\n";
echo json_encode($vm->runScript($status)->value), "\n";
var_dump($vm->info()['opcache']['restart_pending'], $vm->info()['opcache']['restarts']);
?>
--EXPECT--
["kept",true,false,0]
true
["kept",false,true,0]
bool(true)
kept
["kept",true,false,1]
bool(false)
int(1)
