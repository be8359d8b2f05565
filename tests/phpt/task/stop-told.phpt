--TEST--
Who waits for a job that was stopped is told that, whatever its code made of the stop, which comes as the previous exception; code that catches the stop again and again is ended
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$begun = new FfiZts\Channel(1);
$tasks = [
    'unwinds' => static function ($begun) { $begun->send(1); while (true) usleep(1000); },
    'catches it, and returns' => static function ($begun) { try { $begun->send(1); while (true) usleep(1000); } catch (Exception) { return 'a result'; } },
    'wraps it' => static function ($begun) { try { $begun->send(1); while (true) usleep(1000); } catch (Throwable $stop) { throw new DomainException('wrapped', 0, $stop); } },
    'fails in finally' => static function ($begun) { try { $begun->send(1); while (true) usleep(1000); } finally { throw new RangeException('at the end'); } },
    'a fatal error' => static function ($begun) { try { $begun->send(1); while (true) usleep(1000); } finally { str_repeat('x', PHP_INT_MAX >> 20); } },
    'catches it for ever' => static function ($begun) { $begun->send(1); while (true) { try { while (true) usleep(1000); } catch (Exception) { } } },
    'exit' => static function ($begun) { try { $begun->send(1); while (true) usleep(1000); } finally { exit(3); } },
];
function told(FfiZts\Future $future): string
{
    try {
        return 'returned ' . var_export($future->await(60), true);
    } catch (Throwable $told) {
        $came = $told->getPrevious();
        return $told::class . ($came ? ' with ' . $came::class . ': ' . preg_replace('/\(.*/', '', $came->getMessage()) : '');
    }
}
foreach ($tasks as $name => $task) {
    $future = $vm->run($task, [$begun]);
    $begun->recv(60);
    echo "$name: ", var_export($future->cancel(60), true), ', ', told($future), "\n";
    echo "$name: ", told($vm->run($task, [$begun], timeout: 0.05)), "\n";
    $begun->recv(60);
    echo $vm->run(fn () => 'usable')->await(60), "\n";
}
?>
--EXPECT--
unwinds: true, FfiZts\CancelledException
unwinds: FfiZts\TimeoutException
usable
catches it, and returns: true, FfiZts\CancelledException
catches it, and returns: FfiZts\TimeoutException
usable
wraps it: true, FfiZts\CancelledException with DomainException: wrapped
wraps it: FfiZts\TimeoutException with DomainException: wrapped
usable
fails in finally: true, FfiZts\CancelledException with RangeException: at the end
fails in finally: FfiZts\TimeoutException with RangeException: at the end
usable
a fatal error: true, FfiZts\CancelledException with FfiZts\ScriptException: Allowed memory size of 134217728 bytes exhausted 
a fatal error: FfiZts\TimeoutException with FfiZts\ScriptException: Allowed memory size of 134217728 bytes exhausted 
usable
catches it for ever: true, FfiZts\CancelledException
catches it for ever: FfiZts\TimeoutException
usable
exit: true, FfiZts\CancelledException
exit: FfiZts\TimeoutException
usable
