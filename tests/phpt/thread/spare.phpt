--TEST--
The worker of a closed thread serves the next one, which cannot tell: nothing of the tasks before is there, and what it has from its creator is right
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

touch(tmp('boots'));
$bootstrap = script('file_put_contents(' . var_export(tmp('boots'), true) . ', "x", FILE_APPEND); function serial(): int { static $n = 0; return ++$n; }');
$look = static fn (): array => [
    'serial' => serial(), 'class' => class_exists('Left', false), 'global' => isset($GLOBALS['left']), 'constant' => defined('LEFT'),
    'precision' => ini_get('precision'), 'environment' => getenv('LEFT'), 'locale' => setlocale(LC_ALL, '0'), 'umask' => umask(), 'cwd' => getcwd(),
    'directory' => readlink('/proc/thread-self/cwd'), 'timezone' => date_default_timezone_get(), 'included' => count(get_included_files()),
    'handlers' => [set_error_handler(null), set_exception_handler(null)], 'wrappers' => in_array('left', stream_get_wrappers(), true),
    'autoloaders' => count(spl_autoload_functions()), 'paths' => realpath_cache_size(), 'resource' => (int) fopen('php://memory', 'r'),
];
$leave = static function (): void {
    $GLOBALS['left'] = new ArrayObject(range(1, 100));
    eval('class Left { public static $x = [1]; }');
    define('LEFT', 1);
    ini_set('precision', '3');
    putenv('LEFT=1');
    setlocale(LC_ALL, 'C.UTF-8');
    umask(0);
    chdir('/');
    date_default_timezone_set('Asia/Tokyo');
    set_error_handler(static fn (): bool => true);
    set_exception_handler(static function (): void {});
    spl_autoload_register(static function (): void {});
    stream_wrapper_register('left', Left::class);
    realpath('/usr/lib');
    register_shutdown_function(static function (): void { usleep(1000); });
};
$tid = static fn (): string => basename((string) readlink('/proc/thread-self'));

$vm = FfiZts::boot(['threads' => 1]);
/** What $task, if there is one, and then $look say on a thread of their own, and which thread that was. */
$on = static function (?Closure $task = null) use ($vm, $bootstrap, $look, $tid): array {
    $thread = $vm->thread($bootstrap);
    $number = $thread->run($tid)->await();
    $seen = $task ? $thread->run($task) : $thread->run($look);
    try {
        $seen = $seen->await();
    } catch (Throwable $e) {
        $seen = $e::class;
    }
    $thread->close();
    return [$number, $seen];
};

[$first, $fresh] = $on();
[$second] = $on($leave);
[$third, $seen] = $on();
echo 'the same thread: ';
var_dump($first === $second && $second === $third);
echo 'as new: ', json_encode(array_diff_assoc(array_map(json_encode(...), $seen), array_map(json_encode(...), $fresh))), "\n";
echo strlen(file_get_contents(tmp('boots'))), " boots\n";
$states = array_column($vm->info()['workers'], 'state');
echo implode(' ', $states), "\n";

// Connections outlive requests, but not the thread that opened them.
$count = static function (): int {
    $db = new PDO('sqlite::memory:', null, null, [PDO::ATTR_PERSISTENT => true]);
    $db->exec('CREATE TABLE IF NOT EXISTS seen (n INTEGER)');
    $db->exec('INSERT INTO seen VALUES (1)');
    return (int) $db->query('SELECT COUNT(*) FROM seen')->fetchColumn();
};
echo 'connections: ', $on($count)[1], ' ', $on($count)[1], "\n";

// Scripts and tasks of the VM, and pools, take spare workers as well.
var_dump($vm->run($tid)->await() === $first, count($vm->info()['workers']));
$pool = $vm->pool(2);
$pool->map(range(1, 8), static function (int $n): int { usleep(2000); return $n; });
$pool->close();
$used = $vm->thread();
var_dump(in_array($used->run($tid)->await(), array_map(strval(...), array_column($vm->info()['workers'], 'tid')), true));
$used->close();

// A thread has what its creator has at that moment.
$mask = umask(027);
[$other, $seen] = $on();
printf("umask %03o\n", $seen['umask']);
umask($mask);
echo 'back: ', json_encode(array_diff_assoc(array_map(json_encode(...), $on()[1]), array_map(json_encode(...), $fresh))), "\n";

// What was broken off, or held much, is not used again.
foreach ([
    'fatal' => static function (): void { @trigger_error('over', E_USER_ERROR); },
    'memory' => static function (): int { for ($i = 0; $i < 100000; $i++) { $held[] = random_bytes(300); } return count($held); },
    'memory that the system has back' => static function (): int { return strlen(str_repeat('x', 40 << 20)); },
] as $what => $task) {
    [$number, $seen] = $on($task);
    echo $what, is_string($seen) ? " $seen" : '', ': ', is_dir("/proc/self/task/$number") && in_array((int) $number, array_column($vm->info()['workers'], 'tid'), true) ? 'kept' : 'ended', "\n";
}
[$number] = $on(static function (): never { exit(3); });
[$next] = $on(static function (): never { throw new DomainException('x'); });
echo 'exit and exceptions do no harm: ';
var_dump($number === $next && $next === $on()[0]);

// Most of them end by themselves, the VM's own stays.
until(static fn (): bool => count($vm->info()['workers']) === 1, 'spare workers end');
echo $vm->info()['workers'][0]['state'], "\n";
$on();
$vm->shutdown();
echo Probe::threads(), " thread\n";

ended(php('$vm = FfiZts::boot(["threads" => 1, "spare_workers" => 0]); $t = fn () => basename((string) readlink("/proc/thread-self")); $seen = [];
    for ($i = 0; $i < 5; $i++) { $thread = $vm->thread(); $seen[$thread->run($t)->await()] = 1; $kept[] = $thread; if ($i) $thread->close(); } echo count($seen), " ", count($vm->info()["workers"]), " spare 0\n";'));
ended(php('$vm = FfiZts::boot(["threads" => 1, "spare_workers" => 2]); for ($i = 0; $i < 6; $i++) { $threads[] = $thread = $vm->thread(); $thread->run("abs", [1])->await(); }
    foreach ($threads as $thread) $thread->close(); echo implode(" ", array_column($vm->info()["workers"], "state")), "\n"; exit(5);'));
?>
--EXPECTF--
the same thread: bool(true)
as new: []
3 boots
spare
connections: 1 1
bool(true)
int(1)
bool(true)
umask 027
back: []
fatal FfiZts\ScriptException: ended
memory: ended
memory that the system has back: kept
exit and exceptions do no harm: bool(true)
idle
1 thread
status 0: 5 1 spare 0
status 5: spare spare
