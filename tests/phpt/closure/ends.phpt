--TEST--
Closures that outlive what they crossed in: shutdown functions, destructors, session handlers, globals of the last moment
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

ended(php('
    $channel = new FfiZts\Channel(10);
    $send = function (Closure $f) use ($channel) { $channel->send($f); return $channel->recv(); };
    $f = $send(function (string $when) { static $n = 0; $g = fn () => ++$n; return "$when " . $g() . (fn () => $n)() . "\n"; });
    echo $f("before");
    class Last
    {
        public function __construct(public Closure $f, public Closure $send)
        {
        }
        public function __destruct()
        {
            echo ($this->f)("destructor"), ($this->send)(static fn () => "sent in a destructor\n")();
        }
    }
    $GLOBALS["last"] = new Last($f, $send);
    register_shutdown_function(function () use ($f, $send) {
        echo $f("shutdown function"), $send(fn () => "sent in a shutdown function\n")();
    });
    ob_start(function (string $text) use ($f, $send) {
        return $text . $f("output handler") . $send(fn () => "sent in an output handler\n")();
    });'));

/* The same on a worker, whose request ends when the VM does. */
ended(php('
    $vm = FfiZts::boot(["threads" => 1]);
    $f = function (string $when) { static $n = 0; $g = fn () => ++$n; return "$when " . $g() . (fn () => $n)(); };
    echo $vm->run(function (Closure $f) {
        $GLOBALS["kept"] = $f;
        register_shutdown_function(fn () => file_put_contents(' . var_export(tmp('end'), true) . ', $f("shutdown function")));
        return $f("task");
    }, [$f])->await(), "\n";
    echo $vm->run(fn () => $GLOBALS["kept"]("next task"))->await(), "\n";
    $vm->shutdown();
    echo file_get_contents(' . var_export(tmp('end'), true) . '), "\n";'));

/* exit() in the midst, a fatal error, the memory limit: the next task has a new request, and its code anew. */
$vm = FfiZts::boot(['threads' => 1]);
$f = function (int $how) {
    static $n = 0;
    $n++;
    if ($how === 1) {
        exit(3);
    }
    if ($how === 2) {
        $x = str_repeat('x', 1 << 40);
    }
    return $n;
};
foreach ([0, 1, 0, 2, 0] as $how) {
    try {
        echo json_encode($vm->run($f, [$how])->await()), "\n";
    } catch (Throwable $e) {
        echo $e::class, "\n";
    }
}
?>
--EXPECT--
status 0: before 10
shutdown function 10
sent in a shutdown function
destructor 10
sent in a destructor
output handler 10
sent in an output handler
status 0: task 10
next task 10
shutdown function 10
1
FfiZts\ScriptException
1
FfiZts\ScriptException
1
