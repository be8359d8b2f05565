--TEST--
Tasks: what happens where no code of a file runs has a place: exceptions that of whoever takes the outcome, warnings a file or the job
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$classes = script(<<<'PHP'

    class Holder {
        private $own = 1;
        function __sleep() { return ['own', 'none']; }
    }
    class There {}
    PHP, 'classes.php');
$vm = FfiZts::boot(['threads' => 2, 'bootstrap' => $classes, 'ini' => ['display_errors' => '1', 'html_errors' => '0', 'error_reporting' => '-1']]);
class Here {}

/** The frames of $e, from this function's caller on. */
function told(string $what, callable $do, int $line): void
{
    try {
        $do();
        echo "$what: nothing thrown\n";
    } catch (Throwable $e) {
        $frames = array_map(fn (array $frame) => ($frame['class'] ?? '') . ($frame['type'] ?? '') . preg_replace('/\{task \d+, (\S+).*/', '{$1}', $frame['function']), $e->getTrace());
        $frames = array_slice($frames, 0, array_search('told', $frames) ?: null);
        echo "$what: ", $e::class, $e->getFile() === __FILE__ && $e->getLine() === $line ? ' where it is awaited' : " at {$e->getFile()}:{$e->getLine()}",
            ': ', implode(' < ', $frames), "\n";
    }
}

$pool = $vm->pool(1);
$channel = new FfiZts\Channel(1);
told('a result that is refused', fn () => $vm->run(fn () => ['a' => (function () { yield 1; })()])->await(), __LINE__);
told('one that cannot be had here', fn () => $vm->run(fn () => new There())->await(), __LINE__);
told('an argument', fn () => $vm->run(fn ($x) => 1, [new Here()])->await(), __LINE__);
told('what is called', fn () => $vm->run('Nowhere::method')->await(), __LINE__);
told('map()', fn () => $pool->map([1], fn () => (function () { yield 1; })()), __LINE__);
told('awaitAll()', fn () => throw FfiZts\Future::awaitAll([$vm->run(fn () => (function () { yield 1; })())])[0][0], __LINE__);
told('an exception of a function of PHP', fn () => $vm->run('intdiv', [1, 0])->await(), __LINE__);
told('a script', fn () => $vm->runScript(script('return (function () { yield 1; })();')), __LINE__);
$vm->run(fn ($channel) => $channel->send(new There()), [$channel])->await();
told('a value that is received', fn () => $channel->recv(), __LINE__);
$in = script('function inside() { try { FfiZts::boot()->run(fn () => (function () { yield 1; })())->await(); } catch (FfiZts\TransferException $e) { return basename($e->getFile()) . ":" . $e->getLine(); } }', 'inside.php');
echo 'in a job: ', $vm->thread($in)->run('inside')->await(), "\n";
told('thrown by code', fn () => $vm->run(function () { throw new LogicException(); })->await(), __LINE__);

echo "Warnings\n";
$warnings = function (callable $do): void {
    ob_start();
    $do();
    echo trim(preg_replace('/(task|job) \d+/', '$1 N', plain(ob_get_clean()))), "\n";
};
class Holder {}
$warnings(fn () => $vm->run(fn () => [new Holder()])->await());
$warnings(fn () => $vm->runScript(script('require ' . var_export($classes, true) . '; return new Holder();')));
$warnings(fn () => $vm->run('file_get_contents', ['/nowhere'])->await());
$warnings(fn () => $vm->run(fn () => file_get_contents('/nowhere'))->await());
?>
--EXPECTF--
a result that is refused: FfiZts\TransferException where it is awaited: {closure} < FfiZts\Future->await < %s
one that cannot be had here: FfiZts\TransferException where it is awaited: FfiZts\Future->await < %s
an argument: FfiZts\TransferException where it is awaited: {closure} < FfiZts\Future->await < %s
what is called: FfiZts\TransferException where it is awaited: {Nowhere::method(),} < FfiZts\Future->await < %s
map(): FfiZts\TransferException where it is awaited: {closure} < FfiZts\Pool->map < %s
awaitAll(): FfiZts\TransferException where it is awaited: {closure} < FfiZts\Future::awaitAll < %s
an exception of a function of PHP: DivisionByZeroError where it is awaited: intdiv < {intdiv(),}
a script: FfiZts\TransferException where it is awaited: FfiZts\Vm->runScript < %s
a value that is received: FfiZts\TransferException where it is awaited: FfiZts\Channel->recv < %s
in a job: inside.php:2
thrown by code: LogicException where it is awaited: {%s}%S
Warnings
Warning: "none" returned as member variable from __sleep() but does not exist in {tmp}/classes.php on line 5
Warning: "none" returned as member variable from __sleep() but does not exist in {tmp}/classes.php on line 5
Warning: file_get_contents(/nowhere): Failed to open stream: No such file or directory in task N, file_get_contents(), on worker %d on line 0
Warning: file_get_contents(/nowhere): Failed to open stream: No such file or directory in %splaces.php on line %d
