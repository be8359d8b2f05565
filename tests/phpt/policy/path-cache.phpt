--TEST--
Promise 9: with open_basedir a guest resolves every path anew, as its host does: a directory that became a link is one
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('in'));
mkdir(tmp('out'));
file_put_contents(tmp('out/file'), 'OUTSIDE');
$look = script('$look = fn () => @file_get_contents(' . var_export(tmp('in/d/file'), true) . ') ?: "refused";
    echo $look(), " "; touch(' . var_export(tmp('in/seen'), true) . ');
    while (!file_exists(' . var_export(tmp('in/go'), true) . ')) { usleep(1000); clearstatcache(); }
    echo $look(), "\n";', 'in/look.php');
script('', 'in/nothing.php');
foreach (['from the start' => [tmp('in'), '[]'], 'from later on' => ['', '[]'], 'more memory for paths' => [tmp('in'), '["ini" => ["realpath_cache_size" => "16M"]]']] as $label => [$directories, $options]) {
    exec('rm -rf ' . tmp('in/d') . ' ' . tmp('in/seen') . ' ' . tmp('in/go'));
    mkdir(tmp('in/d'));
    file_put_contents(tmp('in/d/file'), 'inside');
    $host = script('$in = ' . var_export(tmp('in'), true) . ';
        $vm = FfiZts::boot(' . $options . ');
        $vm->runScript("$in/nothing.php");
        ini_get("open_basedir") || ini_set("open_basedir", $in);
        $future = $vm->startScript("$in/look.php");
        while (!file_exists("$in/seen")) { usleep(1000); clearstatcache(); }
        exec("rm -r $in/d; ln -s $in/../out $in/d; touch $in/go");
        $future->await();', 'in/host.php');
    $process = run([...php_command(['open_basedir' => $directories]), $host]);
    echo "$label: $process[out]";
}
?>
--EXPECT--
from the start: inside refused
from later on: inside refused
more memory for paths: inside refused
