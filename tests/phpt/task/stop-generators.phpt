--TEST--
A bailout leaves generators in any state: the end of the request does not unwind them
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$bootstrap = script('
    final class Busy
    {
        function __destruct() { for ($i = 0; $i < 100; $i++) strrev(md5("x")); }
    }');
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $bootstrap]);
$begun = new FfiZts\Channel(1);
$task = static function ($begun) {
    $some = static function () {
        try {
            yield new Busy();
            yield new Busy();
        } finally {
            for ($i = 0; $i < 100; $i++) strlen(md5("x"));
        }
    };
    $more = static function () use ($some) {
        yield new Busy();
        yield from $some();
        yield from [1, new Busy(), 2];
    };
    $begun->send(1);
    while (true) {
        try {
            while (true) {
                foreach ($more() as $value) {
                    strrev(md5("y"));
                }
                $sent = $more();
                $sent->current();
                $sent->next();
                $sent->send(new Busy());
            }
        } catch (FfiZts\CancelledException) {
        }
    }
};
for ($i = 0; $i < 12; $i++) {
    $future = $vm->run($task, [$begun]);
    $begun->recv(60);
    $future->cancel(0.6); // half of it for unwinding
    try { $future->await(60); } catch (FfiZts\CancelledException) {}
    if ($vm->run('strrev', ['enif'])->await(60) !== 'fine') die('another result');
}
echo "fine\n";
?>
--EXPECT--
fine
