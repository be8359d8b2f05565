--TEST--
Hazard 16: a script that changes locale, umask, time zone and working directory changes its own
--FILE--
<?php
require __DIR__ . '/../support.inc';

setlocale(LC_ALL, 'C');
umask(0022);
chdir(tmp());
Probe::start();
$zone = [date_default_timezone_get(), date('H', 0), strftime_now()];
function strftime_now(): string
{
    return @strftime('%H', 0);
}
$vm = FfiZts::boot(['threads' => 2]);
$hostile = script(<<<'PHP'
    $seen = [setlocale(LC_ALL, 'C.UTF-8'), setlocale(LC_CTYPE, 0), setlocale(LC_ALL, 'no_SUCH'), umask(0077), chdir('/'), getcwd()];
    putenv('TZ=Asia/Tokyo');
    date_default_timezone_set('Asia/Tokyo');
    file_put_contents($argv[1] . '/private', '');
    $seen[] = decoct(fileperms($argv[1] . '/private') & 0777);
    mkdir($argv[1] . '/directory');
    $seen[] = decoct(fileperms($argv[1] . '/directory') & 0777);
    $seen[] = file_exists('etc/passwd');
    $seen[] = date('H', 0);
    touch("$argv[1]/changed");
    while (!file_exists("$argv[1]/gate")) { usleep(500); clearstatcache(); }
    return $seen;
    PHP);
// Looked at while the hostile script is in the middle of it, and after it.
$future = $vm->startScript($hostile, [tmp()]);
appears(tmp('changed'));
Probe::assertSame();
echo $zone === [date_default_timezone_get(), date('H', 0), strftime_now()] ? "zone as before\n" : "zone changed\n";
file_put_contents('host', '');
echo decoct(fileperms(tmp('host')) & 0777), "\n";
$other = $vm->runScript(script('return [setlocale(LC_ALL, 0), umask(), getcwd(), getenv("TZ"), date("H", 0)];'))->value;
echo plain(json_encode($other, JSON_UNESCAPED_SLASHES)), "\n";
touch(tmp('gate'));
echo json_encode($future->await()->value, JSON_UNESCAPED_SLASHES), "\n";
Probe::assertSame();
// The worker has forgotten it.
for ($i = 0; $i < 2; $i++) {
    $again = $vm->runScript(script('return [setlocale(LC_ALL, 0), umask(), getcwd(), getenv("TZ"), date("H", 0)];'))->value;
    echo $again === $other ? "clean\n" : json_encode($again) . "\n";
}
foreach (['exit(1);', 'throw new Exception;', '@trigger_error("", E_USER_ERROR);', 'while (true);'] as $end) {
    $future = $vm->startScript(script('setlocale(LC_ALL, "C.UTF-8"); umask(0); chdir("/"); touch($argv[1]); ' . $end), [tmp('cancel')]);
    if ($end === 'while (true);') {
        appears(tmp('cancel'));
        $future->cancel();
    }
    try { $future->await(); } catch (Throwable) {}
    @unlink(tmp('cancel'));
}
Probe::assertSame();
?>
--EXPECT--
same
zone as before
644
["C",18,"{tmp}",false,"00"]
["C.UTF-8","C.UTF-8",false,18,true,"/","600","700",true,"09"]
same
clean
clean
same
