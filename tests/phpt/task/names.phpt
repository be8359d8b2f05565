--TEST--
Errors of tasks name the task and the worker: in our messages, in the trace of a throwable, and by getTask() and getWorker()
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$thread = $vm->thread();
$file = script('usleep(20_000_000);');

function told(callable $do): void
{
    try {
        $do();
        echo "nothing thrown\n";
    } catch (Throwable $e) {
        $short = fn (?string $text): string => str_replace([__DIR__, tmp()], ['{dir}', '{tmp}'], $text ?? 'null');
        printf("%s: %s\n", $e::class, $short($e->getMessage()));
        foreach (explode("\n", $short($e->getTraceAsString())) as $line) {
            echo str_contains($line, '{task') ? "  $line\n" : '';
        }
        if ($e instanceof FfiZts\Exception) {
            printf("  %s | %s\n", $short($e->getTask()), $short($e->getWorker()));
        }
    }
}

echo "what the task is\n";
$object = new ArrayObject([1]);
$tasks = [
    'closure' => fn () => throw new DomainException('mine'),
    'function' => 'strlen',
    'static method' => 'DateTime::createFromFormat',
    'class and method' => ['DateTime', 'createFromFormat'],
    'object and method' => [$object, 'offsetGet'],
    'callable' => strlen(...),
    'method as callable' => $object->offsetGet(...),
    'by reference' => (function () use ($object) { $method = 'offsetGet'; return [&$object, &$method]; })(),
    'missing' => 'no_such_function',
];
foreach ($tasks as $name => $task) {
    echo "$name: ";
    told(fn () => $thread->run($task)->await());
}

echo "how it fails\n";
told(fn () => $thread->run(function () { exit(3); })->await());
told(fn () => $thread->run(function () { @trigger_error('PHP says this', E_USER_ERROR); })->await());
told(fn () => $thread->run(fn () => (function () { yield 1; })())->await());
told(fn () => $thread->run(fn () => eval('return new class {};'))->await());
told(fn () => $thread->run(function () { while (true) usleep(1000); }, timeout: 0.05)->await());
$running = $thread->run(function () { while (true) usleep(1000); });
$queued = $thread->run('abs', [-1]);
told(fn () => $running->await(0.01));
$queued->cancel();
$running->cancel();
told(fn () => $running->await());
told(fn () => $queued->await());
told(fn () => $vm->run(fn () => (new FfiZts\Channel(1))->recv(0))->await());

echo "one task waits for another\n";
told(fn () => $thread->run(function () {
    FfiZts::boot()->run(function () { exit(4); })->await();
})->await());

echo "what is not of a task\n";
$script = $vm->startScript($file);
$script->cancel();
told(fn () => $script->await());
told(fn () => new FfiZts\Channel(-2));
told(fn () => throw new FfiZts\ClosedException('made here'));
?>
--EXPECTF--
what the task is
closure: DomainException: mine
  #1 [internal function]: {task 1, closure at {dir}/names.php:28, on worker 1 of thread 1}()
function: ArgumentCountError: strlen() expects exactly 1 argument, 0 given
  #1 [internal function]: {task 2, strlen(), on worker 1 of thread 1}()
static method: ArgumentCountError: DateTime::createFromFormat() expects at least 2 arguments, 0 given
  #1 [internal function]: {task 3, DateTime::createFromFormat(), on worker 1 of thread 1}()
class and method: ArgumentCountError: DateTime::createFromFormat() expects at least 2 arguments, 0 given
  #1 [internal function]: {task 4, DateTime::createFromFormat(), on worker 1 of thread 1}()
object and method: ArgumentCountError: ArrayObject::offsetGet() expects exactly 1 argument, 0 given
  #1 [internal function]: {task 5, ArrayObject->offsetGet(), on worker 1 of thread 1}()
callable: ArgumentCountError: strlen() expects exactly 1 argument, 0 given
  #1 [internal function]: {task 6, strlen(), on worker 1 of thread 1}()
method as callable: ArgumentCountError: ArrayObject::offsetGet() expects exactly 1 argument, 0 given
  #1 [internal function]: {task 7, ArrayObject::offsetGet(), on worker 1 of thread 1}()
by reference: ArgumentCountError: ArrayObject::offsetGet() expects exactly 1 argument, 0 given
  #1 [internal function]: {task 8, ArrayObject->offsetGet(), on worker 1 of thread 1}()
missing: FfiZts\TransferException: no_such_function cannot be called here: function "no_such_function" not found or invalid function name (task 9, no_such_function(), on worker 1 of thread 1)
  #0 [internal function]: {task 9, no_such_function(), on worker 1 of thread 1}()
  task 9, no_such_function() | worker 1 of thread 1
how it fails
FfiZts\ScriptException: the task called exit(3) (task 10, closure at {dir}/names.php:44, on worker 1 of thread 1)
  task 10, closure at {dir}/names.php:44 | worker 1 of thread 1
FfiZts\ScriptException: PHP says this
  #0 [internal function]: {task 11, closure at {dir}/names.php:45, on worker 1 of thread 1}()
  task 11, closure at {dir}/names.php:45 | worker 1 of thread 1
FfiZts\TransferException: value: Generator cannot cross to another thread (task 12, closure at {dir}/names.php:46, on worker 1 of thread 1)
  #0 [internal function]: {task 12, closure at {dir}/names.php:46, on worker 1 of thread 1}()
  task 12, closure at {dir}/names.php:46 | worker 1 of thread 1
FfiZts\TransferException: value: class@anonymous cannot cross to another thread (task 13, closure at {dir}/names.php:47, on worker 1 of thread 1)
  #0 [internal function]: {task 13, closure at {dir}/names.php:47, on worker 1 of thread 1}()
  task 13, closure at {dir}/names.php:47 | worker 1 of thread 1
FfiZts\TimeoutException: the job ran longer than its limit of 0.05 s and was stopped (task 14, closure at {dir}/names.php:48, on worker 1 of thread 1)
  task 14, closure at {dir}/names.php:48 | worker 1 of thread 1
FfiZts\TimeoutException: timed out after 0.01 s; the job goes on, cancel() stops it (task 15, closure at {dir}/names.php:49, %s)
  task 15, closure at {dir}/names.php:49 | %s
FfiZts\CancelledException: the job was cancelled (task 15, closure at {dir}/names.php:49, %s)
  task 15, closure at {dir}/names.php:49 | %s
FfiZts\CancelledException: the job was cancelled (task 16, abs(), not started)
  task 16, abs() | null
FfiZts\TimeoutException: recv(): nothing was sent within 0 s
  #2 [internal function]: {task 17, closure at {dir}/names.php:56, on worker 2}()
  task 17, closure at {dir}/names.php:56 | worker 2
one task waits for another
FfiZts\ScriptException: the task called exit(4) (task 19, closure at {dir}/names.php:60, on worker 2)
  #2 [internal function]: {task 18, closure at {dir}/names.php:59, on worker 1 of thread 1}()
  task 19, closure at {dir}/names.php:60 | worker 2
what is not of a task
FfiZts\CancelledException: the job was cancelled (job 20, script {tmp}/script1.php, %s)
  job 20, script {tmp}/script1.php | %s
FfiZts\Error: %s
  null | null
FfiZts\ClosedException: made here
  null | null
