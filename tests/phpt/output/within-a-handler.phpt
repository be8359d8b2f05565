--TEST--
Hazard 15: output of jobs that comes while an output handler of the host runs is not dropped: it follows, in order, however much it is
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 3]);
$quick = script('return 3;');
$writes = script('$size = (int) $argv[2]; for ($i = 0; $i < $size; $i++) { echo str_pad("$argv[1]$i", 1023, "."), "\n"; } return "written";');
$lines = static fn (string $text): string => preg_replace('/\.+\n/', ' ', $text);
$numbers = static function (string $text, string $name): string {
    $count = preg_match_all("/^$name(\\d+)\\.*$/m", $text, $m);
    return $m[1] == array_keys($m[1]) ? "$count in order" : "$count, out of order";
};

// Another job's output, while the handler waits for something else.
$steps = script('for ($i = 0; $i < 5; $i++) { echo "B$i "; touch("$argv[1]$i"); while (!file_exists("$argv[1]go$i")) { usleep(300); clearstatcache(); } } return 7;');
$other = $vm->startScript($steps, [tmp('b')]);
appears(tmp('b0'));
ob_start(function (string $text) use ($vm, $quick): string {
    for ($i = 0; $i < 3; $i++) {
        touch(tmp("bgo$i"));
        appears(tmp('b' . ($i + 1)));
        $text .= '[' . $vm->runScript($quick)->value . ']';
    }
    return $text;
});
echo 'host';
ob_end_flush();
touch(tmp('bgo3'));
touch(tmp('bgo4'));
echo ' ', $other->await()->value, "\n";

// The job that the handler waits for writes more than a job's buffer holds. It is given out when somebody waits next.
$text = '';
ob_start(function (string $part) use (&$text): string { $text .= $part; return ''; }, 1);
ob_start(fn (string $part): string => $part . '[' . $vm->runScript($writes, ['a', 3000])->value . "]\n");
echo 'begin ';
ob_end_flush();
echo "end\n";
$vm->runScript($quick);
ob_end_clean();
echo strlen($text), ' ', $numbers($text, 'a'), ', ', strstr($text, "\n", true), "\n";

// The output that called the handler is of the very job that it waits for.
$text = '';
$job = null;
ob_start(function (string $part) use (&$text, &$job): string {
    if ($job) {
        [$waited, $job] = [$job, null];
        $text .= "{$waited->await()->value}\n"; // of what came later nothing is there yet
    }
    $text .= $part;
    return '';
}, 1);
$job = $waited = $vm->startScript($writes, ['c', 5000]);
$waited->await();
ob_end_clean();
echo strstr($text, "\n", true), ', ', $numbers($text, 'c'), "\n";

// What comes from a handler after which nobody waits is there at the end.
$late = script('echo " late"; return 3;');
ended(php('$vm = FfiZts::boot(); $q = ' . var_export($late, true) . '; ob_start(fn ($t) => $t . $vm->runScript($q)->value); echo "a"; ob_end_flush(); echo "b";'));
ended(php('$vm = FfiZts::boot(); $q = ' . var_export($late, true) . '; ob_start(fn ($t) => $t . $vm->runScript($q)->value); echo "a"; exit(4);'));

// It is bounded as the host's own output buffers are. (What PHP says about its limit within a handler depends on its version: most
// say that the message itself cannot be buffered there.)
$process = php('$vm = FfiZts::boot(["ini" => ["memory_limit" => "16M"]]); $q = script("for (;;) echo str_repeat(\'x\', 65536);"); ob_start(fn ($t) => $vm->runScript($q)->value); echo "a"; ob_end_flush();', ['memory_limit' => '16M', 'display_errors' => 'stderr']);
$limit = '/memory (size|limit) of \d+ bytes exhausted|Cannot use output buffering in output buffering display handlers/';
echo $process['status'] === 0 ? 'no limit' : 'ended', preg_match($limit, $process['out'] . $process['err']) ? ' by the memory limit' : '', "\n";
?>
--EXPECT--
host[3][3][3] B0 B1 B2 B3 B4 7
3072020 3000 in order, begin [written]
written, 5000 in order
status 0: a3b late
status 4: a3 late
ended by the memory limit
