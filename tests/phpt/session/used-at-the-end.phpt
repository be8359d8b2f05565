--TEST--
A session's save handler uses the VM when our part of the request has ended: that works, and nothing of it is there in the next request
--SKIPIF--
<?php require __DIR__ . '/../support.inc'; if (other_minor()) die('skip ' . other_minor()); ?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

script('
$changes = fn () => ini_set("memory_limit", "20" . random_int(0, 9) . "M");
$number = (int) $_GET["n"];
// Memory of the request, before and after a setting of the request is there.
if ($number % 2) { $changes(); }
for ($i = 0; $i < 3000; $i++) { $before[] = str_repeat(chr(65 + $i % 26), 5); }
if (!($number % 2)) { $changes(); }
final class Handler implements SessionHandlerInterface
{
    public function __construct(private Closure $add) {}
    public function open(string $path, string $name): bool { return true; }
    public function close(): bool { return true; }
    public function read(string $id): string { return ""; }
    public function destroy(string $id): bool { return true; }
    public function gc(int $lifetime): int { return 0; }
    public function write(string $id, string $data): bool
    {
        $vm = FfiZts::boot();
        $thread = $vm->thread();
        $text = "write";
        foreach ([1, 2, 3] as $by) {
            $text .= " " . $thread->run($this->add, [$by])->await();
        }
        $text .= " " . $vm->runScript(__DIR__ . "/says.php", ["written"])->value;
        ob_start(fn ($t) => $t . $vm->runScript(__DIR__ . "/says.php", ["held"])->value);
        echo "x";
        ob_end_clean();
        $vm->startScript(__DIR__ . "/says.php", ["left"]);
        $vm->startScript(__DIR__ . "/endless.php");
        file_put_contents(__DIR__ . "/log", "$text\n", FILE_APPEND);
        return true;
    }
}
$add = static function (int $by): int {
    $GLOBALS["kept"][] = FfiZts\Channel::make("mine-$by", 1);
    return $GLOBALS["sum"] = ($GLOBALS["sum"] ?? 0) + $by;
};
$vm = FfiZts::boot(["threads" => 2, "shutdown_timeout" => 0.2]);
$jobs = $vm->info()["jobs"]["unfinished"] ?? 0;
session_set_save_handler(new Handler($add), false);
session_id("test");
@session_start(["use_cookies" => 0]);
$_SESSION["x"] = 1;
echo $vm->run("strlen", ["abcd"])->await();
for ($i = 0; $i < 3000; $i++) { $after[] = str_repeat("#", 5); }
$bad = 0;
foreach ($before as $i => $string) { $bad += $string !== str_repeat(chr(65 + $i % 26), 5); }
echo " bad=$bad jobs=$jobs\n";
', 'page.php');
script('echo $argv[1]; return "says";', 'says.php');
script('while (true);', 'endless.php');

$server = proc_open([...php_command(), '-S', '127.0.0.1:0', '-t', tmp()], [1 => ['file', tmp('out'), 'w'], 2 => ['file', tmp('err'), 'w']], $pipes);
until(function () use (&$port) { return preg_match('~http://127\.0\.0\.1:(\d+)~', (string) @file_get_contents(tmp('err')), $m) && $port = (int) $m[1]; }, 'the server starts');
for ($n = 1; $n <= 8; $n++) {
    echo $n, ': ', @file_get_contents("http://127.0.0.1:$port/page.php?n=$n") ?: 'nothing', "\n";
}
$status = proc_get_status($server);
echo $status['running'] ? 'runs' : 'ended', "\n";
proc_terminate($server);
proc_close($server);
echo implode(', ', array_map(fn ($line) => "$line: " . count(array_keys(file(tmp('log'), FILE_IGNORE_NEW_LINES), $line)), array_unique(file(tmp('log'), FILE_IGNORE_NEW_LINES)))), "\n";
?>
--EXPECT--
1: 4 bad=0 jobs=0
written
2: 4 bad=0 jobs=0
written
3: 4 bad=0 jobs=0
written
4: 4 bad=0 jobs=0
written
5: 4 bad=0 jobs=0
written
6: 4 bad=0 jobs=0
written
7: 4 bad=0 jobs=0
written
8: 4 bad=0 jobs=0
written
runs
write 1 3 6 says: 8
