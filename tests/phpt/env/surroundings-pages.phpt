--TEST--
What the script of one page sets, before its first job too, is nothing to the jobs of the next page of the same process
--FILE--
<?php
require __DIR__ . '/../policy/web.inc';

mkdir(tmp('elsewhere'));
// E_STRICT is no part of E_ALL from PHP 8.4 on.
$look = 'return [getcwd(), getenv("FZ_PAGE"), get_include_path(), error_reporting() & ~2048, date_default_timezone_get(), ini_get("precision"), ini_get("date.timezone"), ini_get("user_agent")];';
$file = var_export(script($look), true);
$compare = '$here = (function () { ' . $look . ' })();
    $vm = FfiZts::boot(["threads" => 1]);
    show("script", fn () => $vm->runScript(' . $file . ')->value === $here);
    show("as task", fn () => [$vm->run("getcwd")->await(), $vm->run("getenv", ["FZ_PAGE"])->await(), $vm->run("get_include_path")->await(), $vm->run("error_reporting")->await() & ~2048,
        $vm->run("date_default_timezone_get")->await(), $vm->run("ini_get", ["precision"])->await(), $vm->run("ini_get", ["date.timezone"])->await(), $vm->run("ini_get", ["user_agent"])->await()] === $here);
    echo implode(" ", array_slice($here, 4)), "\n";';
$web = new Web();
$set = fn (string $zone, string $value) => 'date_default_timezone_set("' . $zone . '"); ini_set("precision", "' . $value . '"); ini_set("user_agent", "' . $value . '"); set_include_path("/' . $value . '");
    chdir(' . var_export(tmp('elsewhere'), true) . '); putenv("FZ_PAGE=' . $value . '"); error_reporting(E_ERROR);';
echo $web->page($set('Asia/Tokyo', '5') . $compare), "\n";
echo $web->page($compare), "\n";
echo $web->page($set('Asia/Seoul', '6') . 'ini_set("date.timezone", "Europe/Paris");' . $compare), "\n";
echo $web->page($compare), "\n";
?>
--EXPECT--
script: true
as task: true
Asia/Tokyo 5 UTC 5
script: true
as task: true
UTC 14 UTC
script: true
as task: true
Asia/Seoul 6 Europe/Paris 6
script: true
as task: true
UTC 14 UTC
