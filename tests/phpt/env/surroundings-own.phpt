--TEST--
What a bootstrap file or a task has set for its worker's request stays, whatever the host changes afterwards; all else follows
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach (['app', 'host'] as $name) {
    mkdir(tmp($name));
}
putenv('FZ_GONE=host');
putenv('FZ_KEPT=host');
putenv('FZ_HOST=1');
$bootstrap = script('date_default_timezone_set("Europe/Berlin"); ini_set("precision", "7"); error_reporting(30711); chdir(' . var_export(tmp('app'), true) . ');
    putenv("FZ_APP=app"); putenv("FZ_KEPT=app"); putenv("FZ_GONE"); set_error_handler(function (int $level, string $text) { throw new ErrorException($text); });');
$look = fn () => json_encode([basename(getcwd()), date_default_timezone_get(), ini_get('precision'), error_reporting(), ini_get('user_agent'), ini_get('serialize_precision'),
    getenv('FZ_APP'), getenv('FZ_KEPT'), getenv('FZ_GONE'), getenv('FZ_HOST'), getenv('FZ_LATER'), trim((string) shell_exec('echo $FZ_APP,$FZ_KEPT,$FZ_GONE,$FZ_HOST,$FZ_LATER'))]);
$vm = FfiZts::boot();
$thread = $vm->thread($bootstrap);
echo $thread->run($look)->await(), "\n";
chdir(tmp('host'));
date_default_timezone_set('Asia/Tokyo');
ini_set('precision', '5');
ini_set('user_agent', 'host');
error_reporting(E_ERROR);
foreach (['FZ_APP=host', 'FZ_KEPT=later', 'FZ_GONE=later', 'FZ_HOST=2', 'FZ_LATER=1'] as $assignment) {
    putenv($assignment);
}
echo $thread->run($look)->await(), "\n";
// A request that begins now comes to the same.
echo $vm->thread($bootstrap)->run($look)->await(), "\n";

echo "what a task sets\n";
$thread->run(function () { ini_set('user_agent', 'task'); putenv('FZ_HOST=task'); })->await();
ini_set('user_agent', 'later');
ini_set('serialize_precision', '4');
putenv('FZ_HOST=3');
putenv('FZ_LATER=2');
echo $thread->run($look)->await(), "\n";
echo $vm->thread($bootstrap)->run($look)->await(), "\n";

echo "a setting that the request does not take any more: another one begins\n";
ended(php('ob_start();
    $count = fn () => json_encode([$GLOBALS["n"] = ($GLOBALS["n"] ?? 0) + 1, ini_get("session.name"), ini_get("precision")]) . "\n";
    $thread = FfiZts::boot()->thread();
    echo $thread->run($count)->await();
    ini_set("session.name", "before");
    ini_set("precision", "6");
    echo $thread->run($count)->await();
    $thread->run(function () { echo "output\n"; flush(); })->await();
    ini_set("precision", "8");
    echo $thread->run($count)->await();
    ini_set("session.name", "after");
    echo $thread->run($count)->await();'));
?>
--EXPECT--
["app","Europe\/Berlin","7",30711,"","-1","app","app",false,"1",false,"app,app,,1,"]
["app","Europe\/Berlin","7",30711,"host","-1","app","app",false,"2","1","app,app,,2,1"]
["app","Europe\/Berlin","7",30711,"host","-1","app","app",false,"2","1","app,app,,2,1"]
what a task sets
["app","Europe\/Berlin","7",30711,"task","4","app","app",false,"task","2","app,app,,task,2"]
["app","Europe\/Berlin","7",30711,"later","4","app","app",false,"3","2","app,app,,3,2"]
a setting that the request does not take any more: another one begins
status 0: [1,"PHPSESSID","14"]
[2,"before","6"]
output
[3,"before","8"]
[1,"after","8"]
