--TEST--
Promise 12: 10,000 jobs grow resident memory by at most 5 MB and leak no descriptor and no thread
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$jobs = [
    script(''),
    script('echo "output\n"; return range(1, 100);'),
    script('class A { public $x; } $a = new A; $a->x = $a; return strlen(str_repeat("x", 10000));'),
    script('exit(3);'),
    script('throw new DomainException("x", 5, new Exception("y"));'),
    script('no_such_function();'),
    script('putenv("A=b"); setlocale(LC_ALL, "C.UTF-8"); chdir("/"); return getenv("A");'),
    script('@trigger_error("fatal", E_USER_ERROR);'),
    script('preg_match("/a(b)/", "ab"); $d = new DateTime; json_encode([1]); return serialize($argv);'),
    script('ob_start(); echo "x"; $f = fopen(__FILE__, "r"); ini_set("precision", 3); set_error_handler(fn () => true);'),
];
$round = function (int $count) use ($vm, $jobs) {
    ob_start(fn () => '', 4096);
    for ($i = 0; $i < $count; $i++) {
        try {
            if ($i % 3) {
                $vm->runScript($jobs[$i % 10], ['argument']);
            } else {
                $future = $vm->startScript($jobs[$i % 10]);
                if ($i % 2) { $stream = $future->getStream(); }
                $future->await();
            }
        } catch (Throwable) {
        }
    }
    ob_end_clean();
};
$round(1000);
gc_collect_cycles();
$fds = Probe::fds();
$threads = Probe::threads();
$rss = Probe::rss();
$memory = memory_get_usage();
$round(10000);
gc_collect_cycles();
$grown = Probe::rss() - $rss;
echo $grown <= 5 << 20 ? "memory: flat\n" : sprintf("memory: grew by %.1f MB\n", $grown / (1 << 20));
$own = memory_get_usage() - $memory;
echo $own < 100000 ? "host's heap: flat\n" : "host's heap: grew by $own\n";
echo $fds === Probe::fds() ? "descriptors: same\n" : json_encode([$fds, Probe::fds()]) . "\n";
echo $threads === Probe::threads() ? "threads: same\n" : "threads: $threads -> " . Probe::threads() . "\n";
?>
--EXPECT--
memory: flat
host's heap: flat
descriptors: same
threads: same
